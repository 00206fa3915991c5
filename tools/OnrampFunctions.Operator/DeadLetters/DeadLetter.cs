using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>A dead letter as an operator looks at it.</summary>
internal sealed record DeadLetter
{
    /// <summary>What stands for a reason that nobody gave.</summary>
    private const string NoReason = "(none)";

    public required long Number { get; init; }

    public required string Reason { get; init; }

    public string? Description { get; init; }

    /// <summary>The order; null where the body does not say it in a form that the service reads.</summary>
    public OrderReference? Order { get; init; }

    public string? Caller { get; init; }

    public required string RequestId { get; init; }

    /// <summary>
    /// When the queue took the message, before it became a dead letter: the broker keeps no other time.
    /// </summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>As <c>--json</c> writes it.</summary>
    public DeadLetterItem ToItem(DateTimeOffset now) =>
        new(
            Number,
            Reason,
            Description,
            Order?.OrderId,
            Order?.Hash,
            Caller,
            RequestId,
            EnqueuedAt,
            (long)(now - EnqueuedAt).TotalSeconds
        );

    /// <summary>The number of dead letters with each reason, the most frequent first.</summary>
    public static IReadOnlyList<ReasonCount> CountReasons(IEnumerable<DeadLetter> letters) =>
        [
            .. letters
                .CountBy(static letter => letter.Reason)
                .OrderByDescending(static pair => pair.Value)
                .ThenBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => new ReasonCount(pair.Key, pair.Value)),
        ];

    public static string ReasonOf(ServiceBusReceivedMessage message) =>
        message.DeadLetterReason is { Length: > 0 } reason ? reason : NoReason;

    public static DeadLetter Read(ServiceBusReceivedMessage message)
    {
        var inbound = message.ToInbound();
        return new DeadLetter
        {
            Number = message.SequenceNumber,
            Reason = ReasonOf(message),
            Description = message.DeadLetterErrorDescription,
            Order = RequestedOrder.Of(inbound),
            Caller = inbound.Properties.GetValueOrDefault(MessageProperties.Caller) as string,
            RequestId = DeadLetterReplay.RequestId(inbound),
            EnqueuedAt = message.EnqueuedTime,
        };
    }
}
