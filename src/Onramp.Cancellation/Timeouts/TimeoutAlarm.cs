using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Timeouts;

/// <summary>
/// The alarm of a timeout: it only says when to look at the row, which decides. An alarm that belongs to no row does
/// nothing.
/// </summary>
/// <param name="Order">The order.</param>
/// <param name="Caller">The caller; null for an unnamed caller.</param>
/// <param name="Version">The version of the timeout, which is also the request id of its firing.</param>
/// <param name="ArmedAt">When this version was armed.</param>
public readonly record struct TimeoutAlarm(
    OrderReference Order,
    string? Caller,
    string Version,
    DateTimeOffset ArmedAt
);

/// <summary>Schedules alarms.</summary>
internal interface IAlarmClock
{
    /// <summary>Schedules an alarm.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="change">The change that asked for it.</param>
    /// <param name="at">When it rings.</param>
    /// <param name="copy">Which alarm of this version it is; 0 is the first.</param>
    /// <param name="cancellationToken">Cancels the operation; the alarm may or may not be scheduled.</param>
    /// <returns>The number to take it back by.</returns>
    Task<long> ScheduleAsync(
        TimeoutAlarm alarm,
        TimeoutChange change,
        DateTimeOffset at,
        int copy,
        CancellationToken cancellationToken
    );

    /// <summary>Takes an alarm back, if that works: one that remains does nothing.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="version">Its version.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task TakeBackAsync(long number, string version, CancellationToken cancellationToken);
}
