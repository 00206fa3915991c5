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

    /// <summary>The request that these fields make. A timeout leaves a paid order alone unless they say otherwise.</summary>
    public CancelRequest ToRequest(string requestId, CancelTrigger trigger, DateTimeOffset requestedAt) => new()
    {
        RequestId = requestId,
        Order = Order,
        Reason = Reason,
        OnlyIfUnpaid = OnlyIfUnpaid ?? trigger == CancelTrigger.Timeout,
        Trigger = trigger,
        RequestedAt = requestedAt,
    };
}
