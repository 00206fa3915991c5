using System.Text.Json.Nodes;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Contracts;

/// <summary>The AsyncAPI 3.0 document of the queue and the topic, from the table of outcomes.</summary>
internal static class AsyncApi
{
    public static JsonObject Create() =>
        new()
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Onramp order cancellation",
                ["version"] = "1.0.0",
                ["description"] =
                    "Cancel requests by Azure Service Bus, and the outcome of every request. The names of queue and topic are those of a new deployment.",
                ["license"] = new JsonObject { ["name"] = "MIT" },
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = new JsonObject
            {
                ["requests"] = Channel("cancel-requests", "The queue of cancel requests.", "request"),
                ["outcomes"] = Channel(
                    "cancel-results",
                    "The topic of outcomes; subscriptions filter on the application properties outcome and trigger.",
                    "outcome"
                ),
            },
            ["operations"] = new JsonObject
            {
                ["takeRequest"] = Operation(
                    "receive",
                    "requests",
                    "Cancels an order, or arms a timeout when the message says when."
                ),
                ["publishOutcome"] = Operation("send", "outcomes", "Says how a request ended: once for every request."),
            },
            ["components"] = new JsonObject
            {
                ["messages"] = new JsonObject
                {
                    ["request"] = new JsonObject
                    {
                        ["title"] = "A cancel request",
                        ["summary"] =
                            "The body bare, or as the data of a CloudEvent 1.0, structured or in AMQP binary mode. The message id, or the event's source and id, name the request.",
                        ["contentType"] = "application/json",
                        ["headers"] = Properties(
                            [MessageProperties.Trigger],
                            new()
                            {
                                [MessageProperties.Trigger] = Enumeration([
                                    MessageProperties.QueueTrigger,
                                    MessageProperties.TimeoutTrigger,
                                ]),
                            },
                            required: false
                        ),
                        ["payload"] = Reference("queue-message"),
                    },
                    ["outcome"] = new JsonObject
                    {
                        ["title"] = "The outcome of a request",
                        ["summary"] = "A CloudEvent 1.0 in AMQP binary mode; the correlation id is the request's.",
                        ["contentType"] = "application/json",
                        ["headers"] = Headers(),
                        ["payload"] = Reference("outcome-event"),
                    },
                },
                ["schemas"] = ContractDocuments.Components(["queue-message", "outcome-event"]),
            },
        };

    private static JsonObject Headers() =>
        Properties(
            Outcomes.OutcomeProperties.Always,
            new()
            {
                ["cloudEvents_specversion"] = Enumeration(["1.0"]),
                ["cloudEvents_type"] = Enumeration(OutcomeTable.Rows.Select(static row => row.EventType).Distinct()),
                ["outcome"] = Enumeration(OutcomeTable.Rows.Select(static row => row.Name).Distinct()),
                ["trigger"] = Enumeration(Enum.GetValues<CancelTrigger>().Select(static trigger => trigger.Name())),
            },
            required: true
        );

    private static JsonObject Channel(string address, string description, string message) =>
        new()
        {
            ["address"] = address,
            ["description"] = description,
            ["messages"] = new JsonObject
            {
                [message] = new JsonObject { ["$ref"] = $"#/components/messages/{message}" },
            },
        };

    private static JsonObject Operation(string action, string channel, string summary) =>
        new()
        {
            ["action"] = action,
            ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{channel}" },
            ["summary"] = summary,
        };

    private static JsonObject Properties(
        IReadOnlyList<string> names,
        Dictionary<string, JsonObject> known,
        bool required
    )
    {
        var headers = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(
                names.Select(name =>
                    KeyValuePair.Create(
                        name,
                        (JsonNode?)(known.GetValueOrDefault(name) ?? new JsonObject { ["type"] = "string" })
                    )
                )
            ),
        };
        if (required)
        {
            headers["required"] = new JsonArray([.. names.Select(static name => (JsonNode)name)]);
        }

        return headers;
    }

    private static JsonObject Enumeration(IEnumerable<string> values) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Select(static value => (JsonNode)value)]) };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };
}
