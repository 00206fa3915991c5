// The one local host that all tests here talk to.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const base = "http://127.0.0.1:7179";
export const amqpPort = 5680;

const repository = fileURLToPath(new URL("../..", import.meta.url));
const settings = {
    LocalHost__Amqp: `localhost:${amqpPort}`,
    LocalHost__EmulatorConfig: "tests/js/service-bus.json",
    // The webhook tests send many wrong signatures and then change the secret: the service may reload it at any time.
    KeyVault__ReloadCooldown: "00:00:00",
    // Many of the orders fail on purpose. They must not open the circuit for the others.
    Onramp__CircuitMinimumCalls: "10000",
};

/** Starts the local host, and returns a function that stops it. */
export async function start() {
    const host = spawn("dotnet", ["run", "--project", "tools/OnrampFunctions.LocalHost", "--", "--urls", base], {
        cwd: repository,
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, ...settings },
    });
    let output = "";
    await new Promise((resolve, reject) => {
        // The last line of the banner.
        host.stdout.on("data", (chunk) => (output += chunk).includes("are kept") && resolve());
        host.once("exit", () => reject(new Error(`The local host did not start: ${output}`)));
    });
    return async () => {
        if (host.exitCode === null) {
            process.kill(-host.pid, "SIGINT");
            await once(host, "exit");
        }
    };
}

/** Sends JSON to one of the local host's own addresses. */
export async function put(path, body) {
    const answer = await fetch(base + path, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
    });
    assert.ok(answer.ok, await answer.clone().text());
    return answer;
}
