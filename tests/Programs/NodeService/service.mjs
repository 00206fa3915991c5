// Signs a cancel, sends it to the provider whose address is the first argument, and returns the provider's answer.
// Prints its own address and exits when its standard input ends.
import { createHmac } from "node:crypto";
import Fastify from "fastify";
import { Pool } from "undici";

const apiKey = "test_key";
const apiSecret = "test_secret";

const upstream = new Pool(process.argv[2], { connections: 128 });
const app = Fastify({ logger: false });

const schema = {
    body: {
        type: "object",
        required: ["orderId"],
        properties: { orderId: { type: "string" } },
    },
};

app.post("/api/orders/cancel", { schema }, async (request, reply) => {
    const body = { orderId: request.body.orderId };
    const payload = Buffer.from(JSON.stringify({ timestamp: Date.now(), body })).toString("base64");
    const answer = await upstream.request({
        method: "POST",
        path: "/onramp-merchants/widget/cancelOrder",
        headers: {
            "Content-Type": "application/json;charset=UTF-8",
            "X-ONRAMP-APIKEY": apiKey,
            "X-ONRAMP-PAYLOAD": payload,
            "X-ONRAMP-SIGNATURE": createHmac("sha512", apiSecret).update(payload).digest("hex"),
        },
        body: JSON.stringify(body),
    });
    reply.code(answer.statusCode).header("Content-Type", "application/json; charset=utf-8");
    return await answer.body.text();
});

console.log(await app.listen({ host: "127.0.0.1", port: 0 }));
process.stdin.on("end", () => process.exit()).resume();
