using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Queue;

/// <summary>What the earlier deliveries of a request left behind, as its message carries it.</summary>
internal sealed record MessageHistory
{
    /// <summary>Which delivery of the schedule this is; 1 is the first.</summary>
    public required int Delivery { get; init; }

    /// <summary>Attempts at the provider that earlier deliveries made.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// What ties the copies of one message together: a keyed digest of where and when the first of them was enqueued.
    /// </summary>
    public required string Line { get; init; }

    /// <summary>When the first delivery of this schedule began.</summary>
    public required DateTimeOffset RetryingSince { get; init; }

    /// <summary>
    /// The time to live that the sender gave the message, in milliseconds; null for ever. A copy has only what is left
    /// of it.
    /// </summary>
    public long? TimeToLive { get; init; }

    /// <summary>An outcome that is established and only needs to be published; null when there is none.</summary>
    public CancelOutcome? Outcome { get; init; }

    /// <summary>How many deliveries have tried to publish <see cref="Outcome"/>.</summary>
    public int Publications { get; init; }
}
