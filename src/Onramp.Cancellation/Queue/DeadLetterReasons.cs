namespace Onramp.Cancellation.Queue;

/// <summary>Why this service dead-letters a message. The broker has reasons of its own beside these.</summary>
public static class DeadLetterReasons
{
    /// <summary>
    /// The message cannot be understood; the description names every fault. Nothing but another message, or another
    /// version of the service, changes that.
    /// </summary>
    public const string InvalidMessage = "InvalidMessage";

    /// <summary>The cancel failed at every delivery of the schedule, and was published as failed.</summary>
    public const string DeliveriesExhausted = "DeliveriesExhausted";

    /// <summary>The outcome is known, and the topic refused it at every delivery of the schedule.</summary>
    public const string OutcomeNotPublished = "OutcomeNotPublished";
}
