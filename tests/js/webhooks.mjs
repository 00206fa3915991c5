// Delivers what other people's SDKs make: events of the official CloudEvents SDK, in both modes, and requests signed by
// the SDKs of Standard Webhooks and Svix. Each signed request is also sent with one part changed, and is then refused.
import assert from "node:assert/strict";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { base, put } from "./local-host.mjs";

const cancel = "/api/orders/cancel";
const secret = "whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==";
const newer = "whsec_bmV3ZXIgc2VjcmV0IG9mIHRoZSBzaG9wLg==";
let orders = 6000;

export default async function () {
    const asked = await fetch(base + cancel, {
        method: "OPTIONS",
        headers: { "WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "120" },
    });
    assert.equal(asked.headers.get("WebHook-Allowed-Origin"), "eventemitter.example.com");
    assert.equal(asked.headers.get("WebHook-Allowed-Rate"), "120");
    console.log("the handshake is as the specification's example has it");

    for (const [mode, write] of [
        ["binary", HTTP.binary],
        ["structured", HTTP.structured],
    ]) {
        for (const [order, status, outcome] of [
            [await waiting(), 200, "cancelled"],
            ["1444", 200, "not_cancellable"],
            ["9999999", 200, "not_found"],
            [await failing(), 503, "failed"],
        ]) {
            const event = new CloudEvent({
                id: `${mode}-${order}`,
                source: "/shop",
                type: "order.stale",
                subject: "100% sure",
                data: { orderId: order },
            });
            const { headers, body } = write(event);
            const answer = await send(headers, body);
            assert.deepEqual([answer.status, answer.body.outcome, answer.body.requestId], [status, outcome, event.id]);
            assert.equal(answer.headers.get("Retry-After") !== null, status === 503);
        }
        assert.equal(
            (
                await send(
                    ...Object.values(write(new CloudEvent({ source: "/shop", type: "t", data: { orderId: "x" } }))),
                )
            ).status,
            400,
        );
        console.log(`events in ${mode} mode arrive and are answered as the table has it`);
    }

    for (const [name, Webhook] of [
        ["standardwebhooks", StandardWebhook],
        ["svix", SvixWebhook],
    ]) {
        const good = async (key) =>
            sign(new Webhook(key), `${name}-${orders}`, JSON.stringify({ orderId: await waiting() }));
        const { headers, body } = await good(secret);
        const changed = {
            "the id": [{ ...headers, "webhook-id": "other" }, body],
            "the time": [{ ...headers, "webhook-timestamp": `${+headers["webhook-timestamp"] + 1}` }, body],
            "the body": [headers, body + " "],
            "the signature": [
                {
                    ...headers,
                    "webhook-signature": headers["webhook-signature"].replace(/.(?==$)/, (last) =>
                        last === "A" ? "E" : "A",
                    ),
                },
                body,
            ],
            "the version": [
                { ...headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,") },
                body,
            ],
            "the secret": Object.values(sign(new Webhook(newer), "other-secret", body)),
        };
        for (const [part, request] of Object.entries(changed)) {
            const answer = await send(...request);
            assert.deepEqual(
                [answer.status, answer.body.type],
                [401, "urn:onramp-cancel:problem:invalid-signature"],
                part,
            );
        }

        const order = await send(Object.fromEntries(Object.entries(headers).reverse()), body);
        assert.deepEqual(
            [order.status, order.body.outcome, order.body.requestId],
            [200, "cancelled", headers["webhook-id"]],
        );
        const event = await outcomeOf(headers["webhook-id"]);
        assert.equal(event.caller, "shop");
        console.log(
            `what ${name} signs is taken in any order of headers, and refused with ${Object.keys(changed).join(", ")} changed`,
        );
    }

    for (const [name, Webhook] of [
        ["standardwebhooks", StandardWebhook],
        ["svix", SvixWebhook],
    ]) {
        const timeout = `/api/orders/${await waiting()}/timeout`;
        const other = `/api/orders/${await waiting()}/timeout`;
        const body = JSON.stringify({ after: "PT30M" });
        const { headers } = sign(new Webhook(secret), `${name}-timeout`, `PUT ${timeout}.${body}`);
        const armed = await send(headers, body, timeout, "PUT");
        assert.deepEqual([armed.status, armed.body.state], [201, "armed"]);
        const repeated = await send(headers, body, timeout, "PUT");
        assert.deepEqual([repeated.status, repeated.body.requestId], [200, armed.body.requestId]);
        assert.equal((await send(headers, body)).status, 401);
        assert.equal((await send(headers, body, other, "PUT")).status, 401);
        const bodyOnly = sign(new Webhook(secret), `${name}-body-only`, body).headers;
        assert.equal((await send(bodyOnly, body, timeout, "PUT")).status, 401);
        console.log(`what ${name} signs with method and path arms a timeout once, and is refused anywhere else`);
    }

    // A secret changes while requests come: neither the old nor the new one is refused. The many wrong signatures above
    // have just made the service ask the vault, at its pace, which would keep all others waiting: here it asks at any
    // time.
    const under = [];
    for (let i = 0; i < 200; i++) {
        if (i === 50) {
            await put("/simulator/vault", { webhookSecret: newer });
        }
        const { headers, body } = sign(
            new StandardWebhook(i % 2 && i > 50 ? newer : secret),
            `rotation-${i}`,
            '{"orderId":"1444"}',
        );
        under.push(send(headers, body));
    }
    const statuses = new Set((await Promise.all(under)).map((answer) => answer.status));
    assert.deepEqual([...statuses], [200]);
    console.log("200 requests while the secret changed: none refused");
}

/** The headers and the body of a request that is signed now. */
function sign(webhook, id, body) {
    const now = new Date();
    return {
        headers: {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": `${Math.floor(now / 1000)}`,
            "webhook-signature": webhook.sign(id, now, body),
        },
        body,
    };
}

async function send(headers, body, path = cancel, method = "POST") {
    const answer = await fetch(base + path, { method, headers, body });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** The data of the outcome event of a request. */
async function outcomeOf(requestId) {
    for (;;) {
        const received = await fetch(`${base}/cancel-results/subscriptions/local/messages/head?timeout=10`, {
            method: "DELETE",
        });
        assert.equal(received.status, 200, `no event about ${requestId} came`);
        const data = await received.json();
        if (data.requestId === requestId) {
            return data;
        }
    }
}

/** A new order that waits for payment. */
async function waiting(faults = []) {
    await put(`/simulator/orders/${++orders}`, { status: 0, faults });
    return `${orders}`;
}

/** A new order about which the provider says nothing useful. */
function failing() {
    return waiting(Array(20).fill("http503"));
}
