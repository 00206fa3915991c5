// Reads the published contracts with other people's tools: lints both documents, generates a client from one of them,
// compiles it and runs it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Parser } from "@asyncapi/parser";
import { base } from "./local-host.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

export default async function () {
    await mkdir(`${here}artifacts`, { recursive: true });
    await writeFile(`${here}artifacts/openapi.json`, await read("/api/openapi.json"));

    await run("redocly", "lint", "--config", "lint.yaml", "artifacts/openapi.json");
    console.log("openapi.json is as Redocly's strict rules want it");

    const { document, diagnostics } = await new Parser().parse(await read("/api/asyncapi.json"));
    assert.ok(document);
    // 3.0 is what is promised; nothing of 3.1 is needed.
    assert.deepEqual(
        diagnostics
            .filter(({ code }) => code !== "asyncapi-latest-version")
            .map(({ path, message }) => `${path.join(".")}: ${message}`),
        [],
    );
    assert.deepEqual(
        document
            .channels()
            .all()
            .map((channel) => channel.address()),
        ["cancel-requests", "cancel-results"],
    );
    console.log("asyncapi.json is as AsyncAPI's parser wants it");

    await run("openapi-typescript", "artifacts/openapi.json", "--output", "artifacts/service.d.ts");
    await run("tsc");
    // Another part may have cancelled it.
    await fetch(`${base}/simulator/orders/1448`, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ status: 0, hash: "9f86d081884c7d65" }),
    });
    await run("node", "artifacts/client.js", base);
    console.log("a client made from openapi.json compiles, cancels an order, and knows the problem with another");
}

/** Runs a program, of a package as npm finds it; what it says is told if it fails. */
async function run(program, ...args) {
    try {
        await promisify(execFile)(program, args, {
            cwd: here,
            env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
        });
    } catch (error) {
        throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
    }
}

async function read(path) {
    const answer = await fetch(base + path);
    assert.equal(answer.status, 200);
    return await answer.text();
}
