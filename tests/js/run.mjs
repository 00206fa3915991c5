// Starts a local host and runs the tests that are named on the command line, or all of them, one after another.
import { start } from "./local-host.mjs";

const all = ["cloudevents", "webhooks", "contracts", "service-bus"];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all;

const stop = await start();
try {
    for (const name of chosen) {
        console.log(`# ${name}`);
        const { default: test } = await import(`./${name}.mjs`);
        await test();
    }
} finally {
    await stop();
}
