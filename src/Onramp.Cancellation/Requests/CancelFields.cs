using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>The fields of a valid request body, as HTTP and queue both take them.</summary>
public readonly record struct CancelFields
{
    /// <summary>The order.</summary>
    public OrderReference Order { get; init; }

    public string? Reason { get; init; }

    public bool? OnlyIfUnpaid { get; init; }

    /// <summary>A timeout's delay; null unless the body may name one and does.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>A timeout's instant; null unless the body may name one and does.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>
    /// The request that these fields make. A timeout leaves a paid order alone unless they say otherwise.
    /// </summary>
    public CancelRequest ToRequest(string requestId, CancelTrigger trigger, DateTimeOffset requestedAt) =>
        new()
        {
            RequestId = requestId,
            Order = Order,
            Reason = Reason,
            OnlyIfUnpaid = OnlyIfUnpaid ?? trigger == CancelTrigger.Timeout,
            Trigger = trigger,
            RequestedAt = requestedAt,
        };

    /// <summary>
    /// When it is due, if it says when and was asked for at this instant, in whole milliseconds, which is what a
    /// message can say; null for at once.
    /// </summary>
    public DateTimeOffset? DueAt(DateTimeOffset requestedAt) =>
        (At ?? (After is { } after ? Later(requestedAt, after) : null)) switch
        {
            { } due => due.AddTicks(-(due.Ticks % TimeSpan.TicksPerMillisecond)),
            null => null,
        };

    private static DateTimeOffset Later(DateTimeOffset instant, TimeSpan delay) =>
        delay < DateTimeOffset.MaxValue - instant ? instant + delay : DateTimeOffset.MaxValue;
}
