using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks;

/// <summary>
/// Arming a timeout while others wait: its time must not depend on their number. The local host arms it, with the real
/// Service Bus client; the others are put into its tables and its queue directly.
/// </summary>
internal static class ArmingPart
{
    private static readonly TimeSpan Delay = TimeSpan.FromDays(20);

    public static async Task MeasureAsync(ResultTable table, Scale scale)
    {
        await using var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions { Quiet = true, Settings = new Dictionary<string, string?>() }
        );
        await host.StartAsync();
        var timeouts = host.Services.GetRequiredService<OrderTimeouts>();
        var next = 1_000_000_000L;
        await ArmAsync(timeouts, next, scale.Armings);
        next += scale.Armings;
        var (waiting, least, memory) = (0, 0.0, GC.GetTotalMemory(forceFullCollection: true));
        foreach (var count in scale.Waiting)
        {
            for (; waiting < count; waiting++)
            {
                await PutAsync(host, next++);
            }

            var median = await ArmAsync(timeouts, next, scale.Armings);
            next += scale.Armings;
            least = least == 0 ? median : least;
            table.Add(
                $"one arming, {count:N0} waiting",
                $"{median:0} µs",
                $"first {least:0} µs",
                median / least,
                "at most 1.3"
            );
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        table.Add("  memory for each waiting timeout", $"{grown / (double)waiting:0} B");
    }

    /// <summary>Arms timeouts one after another.</summary>
    /// <returns>The median, in microseconds.</returns>
    private static async Task<double> ArmAsync(OrderTimeouts timeouts, long first, int count)
    {
        var times = new double[count];
        for (var index = 0; index < count; index++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var started = Stopwatch.GetTimestamp();
            var armed = await timeouts.ArmAsync(
                new TimeoutChange
                {
                    Order = OrderReference.FromOrderId($"{first + index}"),
                    AskedAt = now,
                    DueAt = now + Delay,
                },
                CancellationToken.None
            );
            times[index] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            if (armed.Status != ArmStatus.Armed)
            {
                throw new InvalidOperationException($"A timeout was not armed: {armed.Status}.");
            }
        }

        Array.Sort(times);
        return times[count / 2];
    }

    /// <summary>A row and an alarm as large as those of an armed timeout.</summary>
    private static async Task PutAsync(LocalApp host, long number)
    {
        var order = OrderReference.FromOrderId($"{number}");
        var version = Guid.NewGuid().ToString("N");
        var instant = (TimeProvider.System.GetUtcNow() + Delay).UtcDateTime;
        await host
            .Services.GetRequiredService<IRowStore>()
            .TryInsertAsync(
                TimeoutRow.Key(order, caller: null),
                new Dictionary<string, string>
                {
                    ["version"] = version,
                    ["state"] = "Armed",
                    ["dueAt"] = $"{instant:O}",
                    ["armedAt"] = $"{instant:O}",
                    ["changedAt"] = $"{instant:O}",
                    ["alarmNumber"] = $"{number}",
                    ["orderId"] = $"{number}",
                },
                CancellationToken.None
            );
        host.Broker.Requests.Schedule(
            new BrokerMessage
            {
                MessageId = $"{version}{version}",
                CorrelationId = version,
                ContentType = "application/json",
                Body = order.Json,
                Properties =
                [
                    new("trigger", "timeout"),
                    new("onrampCancel_requestId", version),
                    new("onrampCancel_requestedAt", $"{instant:O}"),
                    new("onrampCancel_version", version),
                    new("onrampCancel_identityMac", $"{version}{version}"),
                ],
            },
            new DateTimeOffset(instant, TimeSpan.Zero)
        );
    }
}
