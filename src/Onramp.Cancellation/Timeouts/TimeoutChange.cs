using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Timeouts;

/// <summary>A change that arms or moves the timeout of one order and one caller.</summary>
public sealed record TimeoutChange
{
    /// <summary>The order.</summary>
    public required OrderReference Order { get; init; }

    /// <summary>The caller; null for an unnamed caller.</summary>
    public string? Caller { get; init; }

    /// <summary>
    /// The id of the change. A change that has the id of one of the latest changes is a repeat and does nothing. Null
    /// when the caller gave none.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>When the change was asked for.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>When the timeout is due; null when it follows the order's own end.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The caller's reason; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The message that asks for the change; null when an HTTP request does. A message may be delivered late, so it
    /// does not undo a later change. The alarm keeps its sender's properties.
    /// </summary>
    public InboundMessage? Message { get; init; }
}
