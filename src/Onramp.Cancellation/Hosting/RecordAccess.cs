using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Telemetry;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Hosting;

/// <summary>
/// Opens records and timeouts for a program that is not a host. It reads both and disarms timeouts, but cannot arm any.
/// </summary>
public static class RecordAccess
{
    /// <summary>Opens the records of requests and of the outcomes of orders, for reading.</summary>
    public static RequestRecords OpenRecords(IRowStore rows, TimeProvider time) =>
        new(rows, Retention(rows, time), time, NullLogger<RequestRecords>.Instance);

    /// <summary>Opens the timeouts, for reading and disarming.</summary>
    /// <param name="rows">The tables.</param>
    /// <param name="queue">The queue, from which the alarms of disarmed timeouts are removed; null to leave them there.
    /// The alarm of a disarmed timeout does nothing.</param>
    /// <param name="time">The clock.</param>
    public static OrderTimeouts OpenTimeouts(IRowStore rows, ICancelQueue? queue, TimeProvider time) =>
        new(
            rows,
            Retention(rows, time),
            new RemovableAlarms(queue),
            static (_, _, _) => throw new NotSupportedException("This program cannot read orders."),
            Options.Create(new TimeoutsOptions()),
            time,
            new CancellationMetrics(new UnobservedMeters()),
            NullLogger<OrderTimeouts>.Instance
        );

    private static RowRetention Retention(IRowStore rows, TimeProvider time) =>
        new(rows, Options.Create(new RecordsOptions()), time, NullLogger<RowRetention>.Instance);

    /// <summary>Removes alarms from the queue if that is possible.</summary>
    private sealed class RemovableAlarms(ICancelQueue? queue) : IAlarmClock
    {
        public Task<long> ScheduleAsync(
            TimeoutAlarm alarm,
            TimeoutChange change,
            DateTimeOffset at,
            int copy,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException("This program cannot arm timeouts.");

        public async Task TakeBackAsync(long number, string version, CancellationToken cancellationToken)
        {
            if (queue is null)
            {
                return;
            }

            try
            {
                await queue.CancelScheduledAsync(
                    number,
                    properties => QueueAlarmClock.IsOf(version, properties),
                    cancellationToken
                );
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // The timeout is disarmed, and its alarm does nothing.
            }
        }
    }

    private sealed class UnobservedMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose() { }
    }
}
