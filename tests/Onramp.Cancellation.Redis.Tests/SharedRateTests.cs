using System.Diagnostics;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>Several instances, each with its own connection, take permits from one Redis as fast as they can.</summary>
public sealed class SharedRateTests
{
    private const int Instances = 4;

    /// <summary>Rates, and the permits that a full bucket holds: those of 20 ms, at least one.</summary>
    public static TheoryData<double, int> Rates =>
        new()
        {
            { 0.1, 1 },
            { 0.7, 1 },
            { 3, 1 },
            { 12.5, 1 },
            { 70, 2 },
            { 499, 10 },
            { 1234, 25 },
            { 10_000, 200 },
        };

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Cannot_exceed_the_rate_together_by_more_than_the_burst(double perSecond, int burst)
    {
        await using var server = await LocalRedis.StartAsync();
        List<Microsoft.Extensions.DependencyInjection.ServiceProvider> instances =
        [
            .. Enumerable.Range(0, Instances).Select(_ => Limiters.Create(server.Address, perSecond)),
        ];

        // The bucket is full.
        Assert.True(await instances[0].Limiter().AskUntilAnsweredAsync(burst));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => instances[0].Limiter().AskAsync(burst + 1));
        var taken = burst;
        foreach (var instance in instances.Skip(1))
        {
            taken += await instance.Limiter().AskUntilAnsweredAsync() ? 1 : 0;
        }

        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(instances.Select(instance => Task.Run(() => TakeAsync(instance, started))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        await Task.WhenAll(instances.Select(static instance => instance.DisposeAsync().AsTask()));

        // Tokens come once a period, and their number is known only to the millisecond.
        var perPeriod = Math.Ceiling(perSecond / 100);
        var most = burst + perPeriod + (perSecond * (elapsed.TotalSeconds + 0.002));
        Assert.InRange(counts.Sum(), 0, most);
        Assert.InRange(taken + counts.Sum(), 1, int.MaxValue);

        // On a machine that is busy with other tests, four fifths less would still not be the limiter's doing.
        if (perSecond is >= 10 and < 1000)
        {
            Assert.InRange(counts.Sum(), perSecond * elapsed.TotalSeconds / 5, most);
        }
    }

    private static async Task<int> TakeAsync(
        Microsoft.Extensions.DependencyInjection.ServiceProvider instance,
        long started
    )
    {
        var limiter = instance.Limiter();
        var taken = 0;
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(700))
        {
            if (await limiter.AskAsync())
            {
                taken++;
            }
            else
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(3 + Random.Shared.Next(6)),
                    TimeProvider.System,
                    TestContext.Current.CancellationToken
                );
            }
        }

        return taken;
    }
}
