// Uses the local host's Service Bus with the official JavaScript client: every operation, every error that has a code
// in the client, and a load test while receivers stop and connections are dropped.
import assert from "node:assert/strict";
import { once } from "node:events";
import { ServiceBusClient } from "@azure/service-bus";
import rhea from "rhea";
import { amqpPort as port, put } from "./local-host.mjs";

const connectionString = `Endpoint=sb://localhost:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`;
const retryOptions = { maxRetries: 5, retryDelayInMs: 50, maxRetryDelayInMs: 500, timeoutInMs: 5000 };
const count = Number(process.env.STRESS_MESSAGES ?? 2000);

let client;

export default async function () {
    client = new ServiceBusClient(connectionString, { retryOptions });
    try {
        for (const [what, check] of Object.entries({
            "sends, receives and completes": completes,
            "settles fewer messages than it asked for": drains,
            "keeps properties and bodies": keeps,
            "abandons, and dead-letters what came too often": abandons,
            "dead-letters with a reason": deadLetters,
            defers: defers,
            "renews locks": renews,
            "looks at messages": peeks,
            "schedules and cancels": schedules,
            "receives and deletes": deletes,
            "publishes through filters": publishes,
            "is refused in words": isRefused,
            "authenticates with a key's name and the key": authenticates,
            "loses and doubles nothing": survives,
        })) {
            const begun = performance.now();
            await check();
            console.log(`${what} (${Math.round(performance.now() - begun)} ms)`);
        }
    } finally {
        await client.close();
    }
}

async function completes() {
    await send("orders", ...Array.from({ length: 200 }, (_, i) => ({ body: i, messageId: `${i}` })));
    const receiver = client.createReceiver("orders");
    for (let received = 0; received < 200; ) {
        for (const message of await receiver.receiveMessages(50)) {
            assert.equal(message.body, received++);
            assert.equal(message.deliveryCount, 0);
            await receiver.completeMessage(message);
        }
    }
    assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 }), []);
    await receiver.close();
}

// Whenever fewer messages come than were asked for, the client drains its link, and closes it unless the answer says
// that it is one.
async function drains() {
    for (const waiting of [24, 1, 0]) {
        await send("orders", ...Array.from({ length: waiting }, (_, i) => ({ body: i })));
        const receiver = client.createReceiver("orders");
        for (let settled = 0; settled < waiting; ) {
            const messages = await receiver.receiveMessages(100, { maxWaitTimeInMs: 1000 });
            assert.notEqual(messages.length, 0);
            for (const message of messages) {
                await receiver.completeMessage(message);
                settled++;
            }
        }
        assert.deepEqual(await receiver.receiveMessages(100, { maxWaitTimeInMs: 100 }), []);
        assert.deepEqual(await receiver.peekMessages(1), []);
        await receiver.close();
    }
}

// SASL PLAIN, which clients that know nothing of Service Bus use (amqpnetlite#480): rhea by itself is one.
async function authenticates() {
    const connection = rhea.connect({
        host: "localhost",
        port,
        username: "RootManageSharedAccessKey",
        password: "SAS_KEY_VALUE",
        reconnect: false,
    });
    await once(connection, "connection_open");
    const sender = connection.open_sender("orders");
    await once(sender, "sendable");
    sender.send({ body: "plain" });
    await once(sender, "accepted");
    connection.close();
    assert.equal((await take("orders")).body, "plain");
}

async function keeps() {
    const properties = {
        text: "grüße, 你好",
        number: 1.5,
        whole: 42,
        flag: true,
        when: new Date(1764032523004),
        nothing: null,
    };
    await send("orders", {
        body: { any: ["json"] },
        messageId: "id",
        correlationId: "c",
        subject: "s",
        contentType: "application/json",
        to: "to",
        replyTo: "r",
        applicationProperties: properties,
    });
    const message = await take("orders");
    assert.deepEqual(
        [message.messageId, message.correlationId, message.subject, message.contentType, message.to, message.replyTo],
        ["id", "c", "s", "application/json", "to", "r"],
    );
    assert.deepEqual(message.body, { any: ["json"] });
    // The client itself turns an instant into milliseconds.
    assert.deepEqual(message.applicationProperties, { ...properties, when: properties.when.getTime() });

    await send(
        "orders",
        { bodyType: "value", body: 7 },
        { bodyType: "sequence", body: [1, "two"] },
        { body: Buffer.from([1, 2]) },
    );
    assert.deepEqual(
        [(await take("orders")).body, (await take("orders")).body, [...(await take("orders")).body]],
        [7, [1, "two"], [1, 2]],
    );
}

async function abandons() {
    await send("orders", { body: "again" });
    const receiver = client.createReceiver("orders");
    for (let delivery = 0; delivery < 3; delivery++) {
        const [message] = await receiver.receiveMessages(1);
        assert.equal(message.deliveryCount, delivery);
        await receiver.abandonMessage(message, { tried: delivery + 1 });
    }
    await receiver.close();
    const dead = await take("orders", { subQueueType: "deadLetter" });
    assert.deepEqual([dead.deadLetterReason, dead.applicationProperties.tried], ["MaxDeliveryCountExceeded", 3]);
}

async function deadLetters() {
    await send("orders", { body: "bad" });
    const receiver = client.createReceiver("orders");
    const [message] = await receiver.receiveMessages(1);
    await receiver.deadLetterMessage(message, {
        deadLetterReason: "Reason",
        deadLetterErrorDescription: "Description",
        by: "me",
    });
    await receiver.close();
    const dead = await take("orders", { subQueueType: "deadLetter" });
    assert.deepEqual(
        [dead.deadLetterReason, dead.deadLetterErrorDescription, dead.applicationProperties.by],
        ["Reason", "Description", "me"],
    );
}

async function defers() {
    await send("orders", { body: "later" });
    const receiver = client.createReceiver("orders");
    const [message] = await receiver.receiveMessages(1);
    await receiver.deferMessage(message);
    assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 }), []);
    const [deferred] = await receiver.receiveDeferredMessages([message.sequenceNumber]);
    assert.deepEqual([deferred.body, deferred.state], ["later", "deferred"]);
    await receiver.completeMessage(deferred);
    await assert.rejects(receiver.receiveDeferredMessages([message.sequenceNumber]), { code: "MessageNotFound" });
    await receiver.close();
}

async function renews() {
    await send("brief", { body: "mine" });
    const receiver = client.createReceiver("brief");
    const [message] = await receiver.receiveMessages(1);
    for (let i = 0; i < 4; i++) {
        await delay(500);
        assert.ok((await receiver.renewMessageLock(message)) > new Date());
    }
    await receiver.completeMessage(message);
    await receiver.close();
}

async function peeks() {
    await send("orders", { body: 1 }, { body: 2 });
    const receiver = client.createReceiver("orders");
    const [message] = await receiver.receiveMessages(1);
    const peeked = await receiver.peekMessages(10, { fromSequenceNumber: message.sequenceNumber });
    assert.deepEqual(
        peeked.map((one) => one.body),
        [1, 2],
    );
    await receiver.completeMessage(message);
    await receiver.close();
    await take("orders");
}

async function schedules() {
    const sender = client.createSender("orders");
    const due = new Date(Date.now() + 1500);
    const [first, second] = await sender.scheduleMessages([{ body: "soon" }, { body: "never" }], due);
    await sender.cancelScheduledMessages(second);
    await assert.rejects(sender.cancelScheduledMessages(second), { code: "MessageNotFound" });
    const receiver = client.createReceiver("orders");
    const [scheduled] = await receiver.peekMessages(1, { fromSequenceNumber: first });
    assert.deepEqual([scheduled.state, scheduled.scheduledEnqueueTimeUtc], ["scheduled", due]);
    const message = await take("orders");
    assert.equal(message.body, "soon");
    assert.ok(message.enqueuedTimeUtc >= due);
    await receiver.close();
    await sender.close();
}

async function deletes() {
    await send("orders", { body: 1 }, { body: 2 });
    const receiver = client.createReceiver("orders", { receiveMode: "receiveAndDelete" });
    const bodies = [];
    while (bodies.length < 2) {
        bodies.push(...(await receiver.receiveMessages(2)).map((message) => message.body));
    }
    assert.deepEqual(bodies, [1, 2]);
    assert.deepEqual(await receiver.peekMessages(1), []);
    await receiver.close();
}

async function publishes() {
    await send("events", { body: 1, applicationProperties: { outcome: "failed" } }, { body: 2 });
    for (const [subscription, expected] of [
        ["all", [1, 2]],
        ["failed", [1]],
    ]) {
        const receiver = client.createReceiver("events", subscription);
        assert.deepEqual(
            (await receiver.peekMessages(10)).map((message) => message.body),
            expected,
        );
        await receiver.close();
    }
}

async function isRefused() {
    await assert.rejects(send("nothing", { body: 1 }), { code: "MessagingEntityNotFound" });
    await assert.rejects(client.createReceiver("nothing").receiveMessages(1), { code: "MessagingEntityNotFound" });
    await assert.rejects(client.createReceiver("events").receiveMessages(1), /receive from one of its subscriptions/);
    // Sometimes this client hands on why it does not get a session, and sometimes it has words of its own for that: the
    // link ends before or after it looks.
    await assert.rejects(client.acceptSession("orders", "session"), (error) =>
        ["GeneralError", "SessionCannotBeLocked"].includes(error.code),
    );
    for (const kilobytes of [300, 2000]) {
        await assert.rejects(send("orders", { body: Buffer.alloc(kilobytes * 1024) }), { code: "MessageSizeExceeded" });
    }
    for (const value of [[1], { a: 1 }]) {
        await assert.rejects(
            sendRaw("orders", { body: "a", application_properties: { value } }),
            /not have a simple type/,
        );
    }

    await send("brief", { body: "lost" });
    const receiver = client.createReceiver("brief", { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await receiver.receiveMessages(1);
    await delay(1500);
    await assert.rejects(receiver.completeMessage(message), { code: "MessageLockLost" });
    await receiver.close();
    await take("brief");
}

async function survives() {
    await faults({ seed: 7, rates: { "connection-dropped": 3 / count, "link-detached": 5 / count } });
    const sender = client.createSender("stress");
    for (let first = 0; first < count; first += 100) {
        await sender.sendMessages(
            Array.from({ length: 100 }, (_, i) => ({ body: first + i, messageId: `${first + i}` })),
        );
    }
    const settled = new Set();
    const doubled = new Set();
    let uncertain = 0;
    for (let left = 1; left > 0; ) {
        const own = new ServiceBusClient(connectionString, { retryOptions });
        const receiver = own.createReceiver("stress");
        const subscription = receiver.subscribe(
            {
                processMessage: async (message) => {
                    if (settled.has(message.body)) doubled.add(message.body);
                    try {
                        await receiver.completeMessage(message);
                        settled.add(message.body);
                    } catch {
                        uncertain++;
                    }
                },
                processError: async () => {},
            },
            { autoCompleteMessages: false, maxConcurrentCalls: 20 },
        );
        await delay(700);
        await subscription.close();
        await own.close();
        const looker = client.createReceiver("stress");
        left = (await looker.peekMessages(1)).length;
        await looker.close();
    }
    const injected = await faults({});
    assert.equal(doubled.size, 0);
    assert.ok(
        settled.size <= count && settled.size + uncertain >= count,
        `${settled.size} settled, ${uncertain} uncertain`,
    );
    console.log(
        `  ${settled.size} of ${count} settled, ${uncertain} cut off while they were, ${injected["connection-dropped"] ?? 0} connections dropped, ${injected["link-detached"] ?? 0} links detached`,
    );
}

async function send(path, ...messages) {
    const sender = client.createSender(path);
    try {
        await sender.sendMessages(messages);
    } finally {
        await sender.close();
    }
}

// The official client sends simple properties only; rhea, which is under it, sends any.
async function sendRaw(path, message) {
    const connection = rhea.connect({ host: "localhost", port, username: "any", password: "key", reconnect: false });
    try {
        const sender = connection.open_sender(path);
        await once(sender, "sendable");
        const rejected = once(sender, "rejected");
        sender.send(message);
        const [{ delivery }] = await rejected;
        throw new Error(delivery.remote_state.error.description);
    } finally {
        connection.close();
    }
}

async function take(path, options) {
    const receiver = client.createReceiver(path, options);
    const [message] = await receiver.receiveMessages(1);
    assert.ok(message, `nothing came from ${path}`);
    await receiver.completeMessage(message);
    await receiver.close();
    return message;
}

async function faults(document) {
    return (await (await put("/simulator/faults", document)).json()).injected ?? {};
}

function delay(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
