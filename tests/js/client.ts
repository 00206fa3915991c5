// A caller whose types and addresses are all made from openapi.json: what the contract does not have does not compile.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./service.js";

const client = createClient<paths>({ baseUrl: process.argv[2]! });

const cancelled = await client.POST("/api/orders/cancel", {
    params: { header: { "Idempotency-Key": "contracts-js" } },
    body: { orderId: "1443", reason: "late" },
});
assert.equal(cancelled.response.status, 200);
assert.ok(cancelled.data && "outcome" in cancelled.data);
assert.deepEqual(
    [cancelled.data.requestId, cancelled.data.outcome, cancelled.data.orderStatus],
    ["contracts-js", "cancelled", -3],
);

const paid = await client.POST("/api/orders/cancel", { body: { orderId: "1444" } });
assert.equal(paid.response.status, 409);
assert.deepEqual(
    [paid.error?.type, paid.error?.outcome, paid.error?.orderStatus],
    ["urn:onramp-cancel:problem:not-cancellable", "not_cancellable", 1],
);

const wrong = await client.POST("/api/orders/cancel", { body: { orderId: "14 43" } });
assert.equal(wrong.response.status, 422);
assert.deepEqual(
    wrong.error?.errors?.map(({ pointer }) => pointer),
    ["#/orderId"],
);

const order = { path: { order: "hash:9f86d081884c7d65" } };
const armed = await client.PUT("/api/orders/{order}/timeout", { params: order, body: { after: "PT1H" } });
assert.deepEqual(
    [armed.response.status, armed.data?.state, armed.data?.hash],
    [201, "armed", "9f86d081884c7d65"],
);
const moved = await client.PUT("/api/orders/{order}/timeout", { params: order, body: { whenExpired: true } });
assert.deepEqual([moved.response.status, moved.data?.whenExpired], [200, true]);
assert.equal((await client.DELETE("/api/orders/{order}/timeout", { params: order })).response.status, 204);
const disarmed = await client.GET("/api/orders/{order}/timeout", { params: order });
assert.deepEqual([disarmed.data?.state, disarmed.data?.requestId], ["disarmed", moved.data?.requestId]);

const deferred = await client.POST("/api/orders/cancel", {
    params: { header: { "Idempotency-Key": "contracts-js-later", Prefer: "respond-async" } },
    body: { orderId: "1444" },
});
assert.equal(deferred.response.status, 202);
const id = deferred.response.headers.get("Location")!.split("/").at(-1)!;
const request = await client.GET("/api/requests/{id}", { params: { path: { id } } });
assert.equal(request.data?.requestId, "contracts-js-later");
assert.ok(request.data.state === "waiting" || request.data.outcome === "not_cancellable");

const page = await client.GET("/api/orders/{order}/outcomes", {
    params: { path: { order: "1443" }, query: { limit: 5 } },
});
assert.ok(page.data && page.data.outcomes.length <= 5);

const both = await client.POST("/api/orders/cancel", { body: { orderId: "1443", hash: "9f86d081884c7d65" } });
assert.deepEqual([both.response.status, both.error?.type], [422, "urn:onramp-cancel:problem:invalid-request"]);

const byHash = await client.POST("/api/orders/cancel", { body: { hash: "9f86d081884c7d65" } });
assert.ok(byHash.data && "outcome" in byHash.data);
assert.match(byHash.data.orderId ?? "", /^[0-9]+$/);

// @ts-expect-error There is no such type of problem.
void (() => paid.error?.type === "urn:onramp-cancel:problem:no-such-type");
// @ts-expect-error There is no such outcome.
void (() => cancelled.data && "outcome" in cancelled.data && cancelled.data.outcome === "canceled");
// @ts-expect-error A hash is a text.
void (() => client.POST("/api/orders/cancel", { body: { hash: 1443 } }));
// @ts-expect-error There is no such address.
void (() => client.GET("/api/orders/{order}"));
// @ts-expect-error There is no such state of a timeout.
void (() => disarmed.data?.state === "cancelled");
