using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>Sends messages to the queue as an order system does: plain JSON, and CloudEvents in both modes.</summary>
internal sealed class QueueClient(LocalApp host, TimeProvider time) : IAsyncDisposable
{
    private static readonly string[] Malformed =
    [
        """{"orderId":7,"hash":""}""",
        "cancel order 7",
        """{"orderId":"7","onlyIfUnpayed":true}""",
        "[7]",
        "",
    ];

    private readonly BrokerClient _broker = new(host, time);

    public Task SendBareAsync(PlannedRequest request, string body, CancellationToken cancellationToken) =>
        SendAsync(request.MessageId, body, "application/json", [], cancellationToken);

    public Task SendMalformedAsync(PlannedRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            request.MessageId,
            Malformed[request.Number % Malformed.Length],
            "application/json",
            [],
            cancellationToken
        );

    /// <param name="request">The request, whose id is also the id of the event.</param>
    /// <param name="copy">The number of the copy. Copies of an event are messages with different ids.</param>
    /// <param name="body">The event's data.</param>
    /// <param name="cancellationToken">Stops waiting for the queue.</param>
    public Task SendEventAsync(PlannedRequest request, int copy, string body, CancellationToken cancellationToken)
    {
        var messageId = $"{request.MessageId}-{copy}";
        return request.Way == Way.BinaryEvent
            ? SendAsync(
                messageId,
                body,
                "application/json",
                [
                    ("specversion", "1.0"),
                    ("id", request.RequestId),
                    ("source", request.Source),
                    ("type", "order.stale"),
                ],
                cancellationToken
            )
            : SendAsync(
                messageId,
                $$$"""{"specversion":"1.0","id":"{{{request.RequestId}}}","source":"{{{request.Source}}}","type":"order.stale","data":{{{body}}}}""",
                "application/cloudevents+json",
                [],
                cancellationToken
            );
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private Task SendAsync(
        string messageId,
        string body,
        string contentType,
        (string Name, string Value)[] attributes,
        CancellationToken cancellationToken
    )
    {
        ServiceBusMessage message = new(body) { MessageId = messageId, ContentType = contentType };
        foreach (var (name, value) in attributes)
        {
            message.ApplicationProperties["cloudEvents_" + name] = value;
        }

        return _broker.SendUntilTakenAsync(message, cancellationToken);
    }
}
