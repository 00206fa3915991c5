using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Queue;

/// <summary>Sends messages to the queue of cancel requests.</summary>
public interface ICancelQueue
{
    /// <summary>The name of the queue.</summary>
    string Destination { get; }

    /// <summary>The namespace of the queue, for example <c>shop.servicebus.windows.net</c>.</summary>
    string FullyQualifiedNamespace { get; }

    /// <summary>
    /// Sends a message that is due now. Throws when the queue has not accepted it, or when that is unknown.
    /// </summary>
    Task SendAsync(OutboundMessage message, CancellationToken cancellationToken);

    /// <summary>Sends a message that becomes due later.</summary>
    /// <returns>The sequence number, which can be used to cancel the message until then. A message that duplicate
    /// detection drops also gets a number, which belongs to no message.</returns>
    Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>Cancels a scheduled message if it is the expected one; the number may belong to a retry copy.</summary>
    /// <param name="sequenceNumber">The number that scheduling has returned.</param>
    /// <param name="isTheOne">Recognizes the message by its application properties.</param>
    /// <param name="cancellationToken">Cancels the operation; the message may or may not be cancelled.</param>
    /// <returns>False when no such message is scheduled: the number is unknown, the message is already due, or it is
    /// another one.</returns>
    Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    );
}
