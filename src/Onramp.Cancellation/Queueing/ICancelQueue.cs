namespace Onramp.Cancellation;

/// <summary>Puts cancel requests on the queue.</summary>
public interface ICancelQueue
{
    /// <summary>Sends a message that is due now. Throws when the queue has not taken it or when that is unknown.</summary>
    Task SendAsync(OutboundMessage message, CancellationToken cancellationToken);

    /// <summary>Sends a message that becomes due later.</summary>
    /// <returns>The sequence number, by which it can be taken back until then.</returns>
    Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back a scheduled stale-order timeout: a message whose property <see cref="MessageProperties.Trigger"/> is
    /// <see cref="MessageProperties.TimeoutTrigger"/>. Never takes back anything else, such as a retry that somebody's number happens to name.
    /// </summary>
    /// <returns>False when no such timeout waits: the number is unknown, it has fired, or it names another kind of message.</returns>
    Task<bool> CancelTimeoutAsync(long sequenceNumber, CancellationToken cancellationToken);
}
