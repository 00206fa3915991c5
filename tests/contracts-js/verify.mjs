// Starts the local host, and reads its contracts as other people's tools do: both documents are linted, and a client is
// made from one of them, compiled, and run.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Parser } from "@asyncapi/parser";

const base = "http://127.0.0.1:7182";
const here = fileURLToPath(new URL(".", import.meta.url));
const repository = fileURLToPath(new URL("../..", import.meta.url));

const host = spawn("dotnet", ["run", "--project", "tools/OnrampFunctions.LocalHost", "--", "--urls", base, "--LocalHost:Amqp", "off"], {
  cwd: repository, detached: true, stdio: ["ignore", "pipe", "inherit"],
});
try {
  await started(host);
  await mkdir(`${here}artifacts`, { recursive: true });
  await writeFile(`${here}artifacts/openapi.json`, await read("/api/openapi.json"));

  await run("redocly", "lint", "--config", "lint.yaml", "artifacts/openapi.json");
  console.log("openapi.json is as Redocly's strict rules want it");

  const { document, diagnostics } = await new Parser().parse(await read("/api/asyncapi.json"));
  assert.ok(document);
  // 3.0 is what is promised; nothing of 3.1 is needed.
  assert.deepEqual(diagnostics.filter(({ code }) => code !== "asyncapi-latest-version").map(({ path, message }) => `${path.join(".")}: ${message}`), []);
  assert.deepEqual(document.channels().all().map((channel) => channel.address()), ["cancel-requests", "cancel-results"]);
  console.log("asyncapi.json is as AsyncAPI's parser wants it");

  await run("openapi-typescript", "artifacts/openapi.json", "--output", "artifacts/service.d.ts");
  await run("tsc");
  await run("node", "artifacts/client.js", base);
  console.log("a client made from openapi.json compiles, cancels an order, and knows the problem with another");
} finally {
  if (host.exitCode === null) {
    process.kill(-host.pid, "SIGINT");
    await once(host, "exit");
  }
}

/** Runs a program, of a package as npm finds it; what it says is told if it fails. */
async function run(program, ...args) {
  try {
    await promisify(execFile)(program, args, { cwd: here, env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } });
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
  }
}

async function read(path) {
  const answer = await fetch(base + path);
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** Resolves when the host says that it listens. */
function started(process) {
  let output = "";
  return new Promise((resolve, reject) => {
    process.stdout.on("data", (chunk) => (output += chunk).includes("Read the next outcome") && resolve());
    process.once("exit", () => reject(new Error(`the local host did not start: ${output}`)));
  });
}
