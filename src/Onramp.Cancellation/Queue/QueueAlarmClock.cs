using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Queue;

/// <summary>Alarms as scheduled messages of the queue.</summary>
internal sealed class QueueAlarmClock(RequestQueue queue, QueueMessages messages) : IAlarmClock
{
    public Task<long> ScheduleAsync(
        TimeoutAlarm alarm,
        TimeoutChange change,
        DateTimeOffset at,
        int copy,
        CancellationToken cancellationToken
    ) => queue.ScheduleAsync(messages.Alarm(alarm, change.Reason, copy, change.Message), at, cancellationToken);

    public Task TakeBackAsync(long number, string version, CancellationToken cancellationToken) =>
        queue.TryAsync(
            token => queue.CancelScheduledAsync(number, properties => IsOf(version, properties), token),
            cancellationToken
        );

    /// <summary>
    /// Whether a message is the alarm of a version. Sequence numbers begin again when a queue is created again, but
    /// rows stay.
    /// </summary>
    public static bool IsOf(string version, IReadOnlyDictionary<string, object> properties) =>
        properties.GetValueOrDefault(MessageProperties.Version) as string == version;
}
