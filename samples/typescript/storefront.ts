// A storefront backend: it arms a timeout for the first order and disarms it, and cancels all orders.
//   npm ci && npm run storefront -- 1443 1444 999999      (in samples/typescript)
import { setTimeout } from "node:timers/promises";

interface Result {
    outcome?: "cancelled" | "not_cancellable" | "not_found" | "rejected" | "failed";
    orderStatus?: number;
    state?: string;
    type?: string;
    detail?: string;
}

const service = process.env.CANCEL_URL ?? "http://localhost:7071";
const headers = { "Content-Type": "application/json", "x-functions-key": process.env.CANCEL_KEY ?? "" };
const orders = process.argv.length > 2 ? process.argv.slice(2) : ["1443", "1444", "999999"];

// The customer has half an hour to pay. Both requests may be repeated: a caller has one timeout on an order.
const armed = await send("PUT", `/api/orders/${orders[0]}/timeout`, { after: "PT30M" });
console.log(`${orders[0]}: timeout ${armed.state ?? armed.type}`);
const disarmed = await send("DELETE", `/api/orders/${orders[0]}/timeout`);
console.log(`${orders[0]}: timeout ${disarmed.type ?? "disarmed"}`);

for (const order of orders) {
    // One key for each decision to cancel. Store it with the order before the first request.
    console.log(`${order}: ${advice(await send("POST", "/api/orders/cancel", { orderId: order }, `cancel-${order}`))}`);
}

function advice(result: Result): string {
    switch (result.outcome) {
        case "cancelled": return "cancelled";
        case "not_cancellable": return `too late, its state is ${result.orderStatus}: refund it instead`;
        case "not_found": return "unknown to Onramp: check the number";
        case "rejected": return `refused: ${result.detail}`;
        case "failed": return "not known yet: try again later, with the same key";
        case undefined: return `wrong request: ${result.type} ${result.detail}`;
    }
}

// Repeats a request that got 429, 5xx or no response. That is safe: with the same key it is done once.
async function send(method: string, path: string, body?: object, key?: string): Promise<Result> {
    const init = { method, headers: key ? { ...headers, "Idempotency-Key": key } : headers };
    for (let attempt = 1; ; attempt++) {
        let wait = 5;
        try {
            const content = body ? { body: JSON.stringify(body) } : {};
            const response = await fetch(service + path, { ...init, ...content, signal: AbortSignal.timeout(30_000) });
            const text = await response.text();
            if (response.status !== 429 && response.status < 500) return JSON.parse(text || "{}") as Result;
            wait = Number(response.headers.get("Retry-After") ?? wait);
        } catch (error) {
            if (error instanceof SyntaxError) throw error; // Not JSON: another server answered.
        }
        if (attempt === 5) return { outcome: "failed", type: "not known yet" };
        await setTimeout(wait * 1000);
    }
}
