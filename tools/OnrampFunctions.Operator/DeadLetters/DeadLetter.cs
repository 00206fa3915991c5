using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>A dead letter, as the tool shows it.</summary>
internal sealed record DeadLetter
{
    /// <summary>Shown for a dead letter without a reason.</summary>
    private const string NoReason = "(none)";

    public required long Number { get; init; }

    public required string Reason { get; init; }

    public string? Description { get; init; }

    /// <summary>The order; null if the body is not valid.</summary>
    public OrderReference? Order { get; init; }

    public string? Caller { get; init; }

    public required string RequestId { get; init; }

    /// <summary>
    /// When the message was enqueued, before it was dead-lettered; the broker stores no other time.
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
