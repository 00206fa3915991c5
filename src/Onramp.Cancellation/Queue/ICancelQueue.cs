using Onramp.Cancellation.Messages;

namespace Onramp.Cancellation.Queue;

/// <summary>Puts cancel requests on the queue.</summary>
public interface ICancelQueue
{
    /// <summary>The name of the queue.</summary>
    string Destination { get; }

    /// <summary>The namespace of the queue, for example <c>shop.servicebus.windows.net</c>.</summary>
    string FullyQualifiedNamespace { get; }

    /// <summary>
    /// Sends a message that is due now. Throws when the queue has not taken it or when that is unknown.
    /// </summary>
    Task SendAsync(OutboundMessage message, CancellationToken cancellationToken);

    /// <summary>Sends a message that becomes due later.</summary>
    /// <returns> The sequence number, by which it can be taken back until then. A message that duplicate detection
    /// drops gets a number too, which belongs to no message. </returns>
    Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>Finds a scheduled message by its id.</summary>
    /// <param name="messageId">The id.</param>
    /// <param name="sequenceNumber">The number that scheduling it has just given: the message has this one, or an
    /// earlier one if it is a duplicate.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>The message; null when none of that id waits.</returns>
    Task<ScheduledCancel?> FindScheduledAsync(
        string messageId,
        long sequenceNumber,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Takes back a scheduled message, if it is the right one: a retry that somebody's number happens to name is not.
    /// </summary>
    /// <param name="sequenceNumber">The number that scheduling it has given.</param>
    /// <param name="isTheOne">Tells by its application properties.</param>
    /// <param name="cancellationToken">Stops trying; the message may or may not be taken back.</param>
    /// <returns>
    /// False when no such message waits: the number is unknown, it has become due, or it names another one.
    /// </returns>
    Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    );
}

/// <summary>A message that waits on the queue until it is due.</summary>
/// <param name="SequenceNumber">By which it can be taken back.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="Properties">Its application properties.</param>
public readonly record struct ScheduledCancel(
    long SequenceNumber,
    DateTimeOffset DueAt,
    IReadOnlyDictionary<string, object> Properties
);
