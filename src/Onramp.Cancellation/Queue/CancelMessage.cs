using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// One message of the queue, from reading to settling it: what it asks for, and what its history says.
/// </summary>
internal sealed record CancelMessage
{
    /// <summary>The message as the broker delivered it.</summary>
    public required InboundMessage Received { get; init; }

    /// <summary>When the broker enqueued the message, or when handling began if the broker does not say.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>When handling began: a timestamp of the monotonic clock.</summary>
    public required long Started { get; init; }

    /// <summary>The request; null when the message is invalid.</summary>
    public CancelRequest? Request { get; init; }

    /// <summary>The change to a timeout, if the message asks for one; otherwise null.</summary>
    public TimeoutChange? Change { get; init; }

    /// <summary>Every fault that makes the message invalid, as one text; null when it is valid.</summary>
    public string? Faults { get; init; }

    /// <summary>Names of properties that are ignored because this service did not write them; null for none.</summary>
    public string? Ignored { get; init; }

    /// <summary>The trace that the message belongs to.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>Whether the message is a stale-order timeout.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>Which request the message is about; null when the message cannot be read that far.</summary>
    public MessageIdentity? Identity { get; init; }

    /// <summary>History: which delivery of the retry schedule this is. 1 is the first.</summary>
    public int Delivery { get; init; } = 1;

    /// <summary>History: attempts at the provider in earlier deliveries.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// History: what the copies of one message have in common, a keyed digest of where and when the first of them was
    /// enqueued.
    /// </summary>
    public string Line { get; init; } = "";

    /// <summary>History: when the first delivery of this schedule began.</summary>
    public DateTimeOffset RetryingSince { get; init; }

    /// <summary>
    /// For how long the message had been retried when this delivery was due, without its waits. It is measured by the
    /// broker's clock: ours may be wrong, which must not end a request early.
    /// </summary>
    public TimeSpan Age =>
        EnqueuedAt - RetryingSince is var elapsed && elapsed > Waited ? elapsed - Waited : TimeSpan.Zero;

    /// <summary>
    /// History: the time to live that the sender set, in milliseconds; null for ever. A copy only has what is left of
    /// it.
    /// </summary>
    public long? TimeToLive { get; init; }

    /// <summary>History: an outcome that is established but not published yet; null for none.</summary>
    public CancelOutcome? PendingOutcome { get; init; }

    /// <summary>History: how many deliveries have tried to publish <see cref="PendingOutcome"/>.</summary>
    public int Publications { get; init; }

    /// <summary>History: how many deliveries ended with waiting, without an attempt at the provider or the topic.</summary>
    public int Waits { get; init; }

    /// <summary>History: how long these deliveries have waited in total.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>The timeout that the message is the alarm of; null for other messages.</summary>
    public TimeoutAlarm? Alarm =>
        Identity?.Version is { } version && Request is { } request
            ? new TimeoutAlarm(request.Order, request.Caller, version, request.RequestedAt)
            : null;
}
