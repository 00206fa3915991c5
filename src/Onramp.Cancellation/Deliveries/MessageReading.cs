using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Deliveries;

/// <summary>What a message of the queue says; or every fault that keeps it from being understood.</summary>
internal readonly record struct MessageReading
{
    /// <summary>The request; null when there are faults.</summary>
    public CancelRequest? Request { get; init; }

    /// <summary>When the request is due, if the message says when; null for at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Which delivery by the schedule this is; 1 is the first.</summary>
    public int Delivery { get; init; }

    /// <summary>What the copies of this message have in common: the first sequence number that it had.</summary>
    public string Line { get; init; }

    /// <summary>An outcome that is established and only needs to be published; null when there is none.</summary>
    public CancelOutcome? Pending { get; init; }

    /// <summary>How many earlier deliveries have tried to publish it.</summary>
    public int Publications { get; init; }

    /// <summary>The trace that the message belongs to.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>The faults as one text; null when there are none.</summary>
    public string? Faults { get; init; }
}
