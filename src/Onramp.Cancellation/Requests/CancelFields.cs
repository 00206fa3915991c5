using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>The fields of a valid request body, for HTTP and queue alike.</summary>
public readonly record struct CancelFields
{
    /// <summary>The order.</summary>
    public OrderReference Order { get; init; }

    public string? Reason { get; init; }

    public bool? OnlyIfUnpaid { get; init; }

    /// <summary>A timeout's delay; null when the body has none.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>A timeout's instant; null when the body has none.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether the timeout follows the order's own end. Default false.</summary>
    public bool WhenExpired { get; init; }

    /// <summary>Whether the fields arm a timeout.</summary>
    public bool IsTimeout => After is not null || At is not null || WhenExpired;

    /// <summary>Creates the request. A timeout does not cancel a paid order unless the fields say so.</summary>
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
    /// Returns when a request that is asked for at an instant is due, in whole milliseconds, the precision of messages;
    /// null for at once.
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
