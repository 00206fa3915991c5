using System.Text;

namespace Onramp.Testing.Contracts;

/// <summary>CloudEvents 1.0 over HTTP (HTTP binding 1.0.2), and requests that are not valid events.</summary>
internal static class EventCases
{
    private const string Event =
        """{"specversion":"1.0","id":"event-1","source":"/shop","type":"order.stale","datacontenttype":"application/json","data":{"orderId":"1443"}}""";

    public static ContractRequest Structured => Of("structured");

    public static TheoryData<string> Forms =>
        [
            "structured",
            "structured with a charset",
            "structured and called JSON",
            "a batch of one",
            "binary",
            "binary, percent-encoded",
            "binary, with a percent sign as it is",
            "by Event Grid",
        ];

    public static ContractRequest Of(string form) =>
        form switch
        {
            "structured" => Create("application/cloudevents+json", Event),
            "structured with a charset" => Create("application/cloudevents+json; charset=utf-8", Event),
            "structured and called JSON" => Create("application/json", Event),
            "a batch of one" => Create("application/cloudevents-batch+json", $"[{Event}]"),
            "binary" => Create(
                "application/json",
                """{"orderId":"1443"}""",
                ("ce-specversion", "1.0"),
                ("ce-id", "event-1"),
                ("ce-source", "/shop"),
                ("ce-type", "order.stale")
            ),

            // Section 3.1.3.2: Euro sign, a quotation mark, a percent sign.
            "binary, percent-encoded" => Create(
                "application/json; charset=utf-8",
                """{"orderId":"1443"}""",
                ("CE-SpecVersion", "1.0"),
                ("CE-Id", "%65vent-1"),
                ("CE-Source", "/shop"),
                ("CE-Type", "order.stale"),
                ("CE-Subject", "Euro %E2%82%AC %F0%9F%98%80 %22%25")
            ),

            // The JavaScript SDK writes it so [cloudevents/sdk-javascript].
            "binary, with a percent sign as it is" => Create(
                "application/json",
                """{"orderId":"1443"}""",
                ("ce-specversion", "1.0"),
                ("ce-id", "event-1"),
                ("ce-source", "/shop"),
                ("ce-type", "order.stale"),
                ("ce-subject", "100% sure")
            ),

            // Message headers: learn.microsoft.com/azure/event-grid/receive-events.
            "by Event Grid" => Create(
                "application/cloudevents+json; charset=utf-8",
                Event,
                ("aeg-event-type", "Notification"),
                ("aeg-subscription-name", "CANCEL"),
                ("aeg-delivery-count", "0"),
                ("aeg-metadata-version", "1"),
                ("aeg-output-event-id", "7")
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(form), form, null),
        };

    /// <summary>The response is 400, because Event Grid and others repeat nearly every other status.</summary>
    public static TheoryData<string, string> NoEvents =>
        new()
        {
            { "application/cloudevents+json", "" },
            { "application/cloudevents+json", "[]" },
            { "application/cloudevents+json", """{"orderId":"1443"}""" },
            {
                "application/cloudevents+json",
                """{"specversion":"0.3","id":"e","source":"/s","type":"t","data":{"orderId":"1443"}}"""
            },
            {
                "application/cloudevents+json",
                """{"specversion":"1.0","id":"","source":"/s","type":"t","data":{"orderId":"1443"}}"""
            },
            {
                "application/cloudevents+json",
                """{"specversion":"1.0","source":"/s","type":"t","data":{"orderId":"1443"}}"""
            },
            { "application/cloudevents+json", """{"specversion":"1.0","id":"e","source":"/s","type":"t"}""" },
            {
                "application/cloudevents+json",
                """{"specversion":"1.0","id":"e","source":"/s","type":"t","data":"text"}"""
            },
            { "application/cloudevents+json", """{"specversion":"1.0","id":"e","source":"/s","type":"t","data":{}}""" },
            {
                "application/cloudevents+json",
                """{"specversion":"1.0","id":"e","source":"/s","type":"t","data":{"orderId":"x"}}"""
            },
            {
                "application/cloudevents+json",
                """{"specversion":"1.0","id":"e","source":"/s","type":"t","data":{"orderId":"1","after":"PT1M"}}"""
            },
            {
                "application/cloudevents+json",
                $$$"""{"specversion":"1.0","id":"{{{new string('e', 256)}}}","source":"/s","type":"t","data":{"orderId":"1443"}}"""
            },
            { "application/cloudevents-batch+json", "[]" },
            { "application/cloudevents-batch+json", $"[{Event},{Event}]" },
            { "application/cloudevents-batch+json", Event },
            { "application/json", """{"specversion":"1.0","data":{"orderId":"1443"}}""" },
        };

    private static ContractRequest Create(
        string contentType,
        string body,
        params (string Name, string Value)[] headers
    ) =>
        new()
        {
            ContentType = contentType,
            Body = Encoding.UTF8.GetBytes(body),
            Headers = headers,
        };
}
