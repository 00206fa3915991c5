using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks;

/// <summary>
/// Arming a timeout while others wait: its time must not depend on their number. The local host arms it, with the real
/// Service Bus client; the others are put into its tables and its queue directly.
/// </summary>
internal static class ArmingPart
{
    private const int Few = 1000;
    private const long FirstWaiting = 1_000_000_000;
    private const long FirstArmed = 2_000_000_000;

    private static readonly TimeSpan Delay = TimeSpan.FromDays(20);

    public static async Task MeasureAsync(ResultTable table, Scale scale)
    {
        await using var many = await StartAsync(scale.Waiting);
        await using var few = await StartAsync(Math.Min(scale.Waiting, Few));
        var (next, ofMany, ofFew) = (FirstArmed, new List<double>(), new List<double>());

        // The first round is the warm-up.
        for (var round = 0; round <= scale.Rounds; round++, next += scale.Armings)
        {
            ofFew.Add(await ArmAsync(few, next, scale.Armings));
            ofMany.Add(await ArmAsync(many, next, scale.Armings));
        }

        table.Compare(
            $"one arming, {scale.Waiting:N0} timeouts waiting, median",
            "0 'µs'",
            ofMany[1..],
            $"{Few:N0} waiting",
            ofFew[1..],
            Goal.AtMost(1.3)
        );
    }

    private static async Task<LocalApp> StartAsync(int waiting)
    {
        var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions { Quiet = true, Settings = new Dictionary<string, string?>() }
        );
        await host.StartAsync();
        for (var number = 0; number < waiting; number++)
        {
            await PutAsync(host, FirstWaiting + number);
        }

        return host;
    }

    /// <summary>Arms timeouts one after another.</summary>
    /// <returns>The median, in microseconds.</returns>
    private static async Task<double> ArmAsync(LocalApp host, long first, int count)
    {
        var timeouts = host.Services.GetRequiredService<OrderTimeouts>();
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
