using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>The content of a queue message; or every fault that makes it invalid.</summary>
internal readonly record struct MessageReading
{
    /// <summary>The request; null when there are faults.</summary>
    public CancelRequest? Request { get; init; }

    /// <summary>When the request is due, if the message says when; null for at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Which request the message is about; null when the message does not say.</summary>
    public MessageIdentity? Identity { get; init; }

    /// <summary>
    /// What earlier deliveries left behind; that of a first delivery when the message carries none of ours.
    /// </summary>
    public MessageHistory History { get; init; }

    /// <summary>Whether the message has the trigger of a stale-order timeout.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>The trace that the message belongs to.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>Names of properties that are ignored because this service did not write them; null for none.</summary>
    public string? Ignored { get; init; }

    /// <summary>The faults as one text; null when there are none.</summary>
    public string? Faults { get; init; }
}
