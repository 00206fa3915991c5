// Cancels orders with every outcome, by HTTP and by message, and reads each outcome event with the official CloudEvents
// SDK: every event is valid, and no attribute or field is lost.
import assert from "node:assert/strict";
import { HTTP } from "cloudevents";
import { base, put } from "./local-host.mjs";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const tracestate = "vendor=1";
const reason = 'grüße, 你好 \u0007 "quoted"';
const events = "/cancel-results/subscriptions/local/messages/head";

export default async function () {
    // The events of earlier tests.
    while ((await fetch(base + events, { method: "DELETE" })).status === 200);

    const expected = new Map();
    const json = { "Content-Type": "application/json" };

    for (const [orderId, outcome] of [
        ["1443", "cancelled"],
        ["1444", "not_cancellable"],
        ["9999999", "not_found"],
        ["1446", "not_cancellable"],
    ]) {
        const requestId = `http-${orderId}`;
        expected.set(requestId, { outcome, trigger: "http", orderId, trace: true });
        await fetch(`${base}/api/orders/cancel`, {
            method: "POST",
            headers: { ...json, "Idempotency-Key": requestId, traceparent, tracestate },
            body: JSON.stringify({ orderId, reason }),
        });
    }

    await put("/simulator/orders/5000", { status: 0, faults: ["cancel:http400"] });
    for (const [body, outcome] of [
        [{ orderId: "5000" }, "rejected"],
        [{ hash: "9f86d081884c7d65" }, "cancelled"],
        [{ orderId: "1445" }, "not_cancellable"],
    ]) {
        const requestId = `message-${body.orderId ?? body.hash}`;
        expected.set(requestId, { outcome, trigger: "queue", ...body });
        await fetch(`${base}/cancel-requests/messages`, {
            method: "POST",
            headers: { ...json, BrokerProperties: JSON.stringify({ MessageId: requestId }) },
            body: JSON.stringify(body),
        });
    }

    await put("/simulator/orders/5002", { status: 0 });
    const armed = await fetch(`${base}/api/orders/5002/timeout`, {
        method: "PUT",
        headers: json,
        body: '{"after":"PT1S"}',
    });
    expected.set((await armed.json()).requestId, { outcome: "cancelled", trigger: "timeout", orderId: "5002" });

    await put("/simulator/orders/5001", { status: 0, faults: Array(20).fill("http503") });
    expected.set("http-5001", { outcome: "failed", trigger: "http", orderId: "5001" });
    await fetch(`${base}/api/orders/cancel`, {
        method: "POST",
        headers: { ...json, "Idempotency-Key": "http-5001" },
        body: '{"orderId":"5001"}',
    });

    for (let left = expected.size; left > 0; left--) {
        await check(await fetch(`${base}${events}?timeout=10`, { method: "DELETE" }), expected);
    }
    console.log(`all events valid, nothing lost`);
}

/** Reads one event with the SDK and holds it against the message it came in and the request it is about. */
async function check(received, expected) {
    assert.equal(received.status, 200, "no further outcome event came");
    const body = await received.text();
    const broker = JSON.parse(received.headers.get("BrokerProperties"));

    // The HTTP binding names attributes ce-…, the AMQP binding cloudEvents_…; the broker quotes property values.
    const headers = { "content-type": received.headers.get("content-type") };
    const attributes = {};
    for (const [name, value] of received.headers) {
        if (name.startsWith("cloudevents_")) {
            const attribute = name.slice("cloudevents_".length);
            headers[`ce-${attribute}`] = attributes[attribute] = JSON.parse(value);
        }
    }

    // The SDK makes up an id and a time where an event has none, so whether they came is looked up before it reads
    // them.
    for (const attribute of ["specversion", "id", "source", "type", "subject", "time"]) {
        assert.ok(attributes[attribute], `attribute ${attribute} is missing`);
    }

    const event = HTTP.toEvent({ headers, body });
    assert.ok(event.validate());
    assert.deepEqual(
        Object.keys(event.toJSON())
            .filter((name) => event[name] !== undefined)
            .sort(),
        [...Object.keys(attributes), "data", "datacontenttype"].sort(),
    );
    for (const [attribute, value] of Object.entries(attributes)) {
        assert.equal(
            attribute === "time" ? new Date(event.time).toISOString() : event[attribute],
            value,
            `attribute ${attribute}`,
        );
    }
    assert.deepEqual(event.data, JSON.parse(body));
    assert.equal(event.datacontenttype, "application/json");

    const request = expected.get(event.data.requestId);
    assert.ok(request, `an event about nobody's request: ${event.data.requestId}`);
    expected.delete(event.data.requestId);
    assert.equal(event.specversion, "1.0");
    assert.equal(event.source, "/onramp-cancellation");
    assert.equal(event.time, new Date(event.data.completedAt).toISOString());
    assert.equal(event.id, broker.MessageId);
    assert.equal(event.data.requestId, broker.CorrelationId);
    assert.equal(event.type, request.outcome === "cancelled" ? "onramp.order.cancelled" : "onramp.order.cancel-failed");
    assert.equal(event.subject, request.orderId ?? request.hash);
    for (const property of ["outcome", "trigger"]) {
        assert.equal(event.data[property], request[property]);
        assert.equal(JSON.parse(received.headers.get(property)), request[property]);
    }
    if (request.trace) {
        assert.equal(event.traceparent.split("-")[1], traceparent.split("-")[1]);
        assert.equal(event.tracestate, tracestate);
        assert.equal(event.data.reason, reason);
    }
    console.log(`${event.type}  ${event.data.requestId}: ${event.data.outcome}`);
}
