namespace Onramp.Cancellation.Queue;

/// <summary>
/// The reasons for which this service dead-letters a message. The broker has further reasons of its own.
/// </summary>
public static class DeadLetterReasons
{
    /// <summary>
    /// The message is invalid; the description names every error. Only another message, or another version of the
    /// service, can change that.
    /// </summary>
    public const string InvalidMessage = "InvalidMessage";

    /// <summary>The cancel failed at every delivery of the schedule. It was published as failed.</summary>
    public const string DeliveriesExhausted = "DeliveriesExhausted";

    /// <summary>The outcome is known, but the topic rejected it at every delivery of the schedule.</summary>
    public const string OutcomeNotPublished = "OutcomeNotPublished";
}
