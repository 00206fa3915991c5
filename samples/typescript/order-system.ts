// An order system: it sends a cancel for each order, and follows the outcomes of all requests until Ctrl+C.
//   LocalHost__EmulatorConfig=samples/service-bus.json dotnet run --project tools/OnrampFunctions.LocalHost
//   npm ci && npm run order-system -- 1443 1444           (in samples/typescript)
import { ServiceBusClient } from "@azure/service-bus";

interface Outcome {
    requestId: string;
    orderId?: string;
    hash?: string;
    outcome: "cancelled" | "not_cancellable" | "not_found" | "rejected" | "failed";
    reasonCode?: string;
}

const localHost =
    "Endpoint=sb://localhost;SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true;";

// In Azure: new ServiceBusClient("NAMESPACE.servicebus.windows.net", new DefaultAzureCredential())
const client = new ServiceBusClient(process.env.SERVICE_BUS ?? localHost);

// The requests whose outcome is final. A real order system has them in its database.
const decided = new Map<string, string>();

// Two subscriptions with a filter on the property "outcome". They are independent: a failure may be read late.
follow("decided", (order, event) => {
    decided.set(event.requestId, event.outcome);
    console.log(`${order}: ${event.outcome}`);
});
follow("in-doubt", (order, event) => {
    const final = decided.get(event.requestId);
    console.log(
        final
            ? `${order}: stays ${final}, an older failure is ignored`
            : `${order}: in doubt (${event.reasonCode}), wait for a final outcome`,
    );
});

const sender = client.createSender("cancel-requests");
for (const order of process.argv.slice(2)) {
    // The message id is the request id. Choose it once for each decision to cancel, so that sending again is safe.
    await sender.sendMessages({
        body: { orderId: order },
        messageId: `cancel-${order}`,
        contentType: "application/json",
    });
}

// An event that could not be handled is delivered again, because it is completed after the handler.
function follow(subscription: string, handle: (order: string | undefined, event: Outcome) => void): void {
    client.createReceiver("cancel-results", subscription).subscribe({
        processMessage: async ({ body }) => handle(body.orderId ?? body.hash, body as Outcome),
        processError: async ({ error }) => console.error(error.message),
    });
}
