using System.Diagnostics;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>What the limiter does while Redis is stopped or frozen, and afterwards.</summary>
public sealed class RedisOutageTests
{
    // Far longer than a failure takes, and far shorter than the client's own time limits.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_stopped_Redis_fails_at_once_and_a_restarted_one_grants_again_without_a_new_limiter()
    {
        await using var server = await LocalRedis.StartAsync();
        await using var services = Limiters.Create(server.Address, perSecond: 0.1);
        Assert.True(await services.Limiter().AskUntilAnsweredAsync());
        Assert.False(await services.Limiter().AskAsync());

        await server.StopAsync();
        for (var question = 0; question < 3; question++)
        {
            var started = Stopwatch.GetTimestamp();
            await Assert.ThrowsAnyAsync<Exception>(() => services.Limiter().AskAsync());
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, AtOnce);
        }

        // The bucket of a new server is full.
        await server.StartAsync();
        Assert.True(await services.Limiter().AskUntilAnsweredAsync());
        Assert.False(await services.Limiter().AskAsync());
    }

    [Fact]
    public async Task A_frozen_Redis_fails_soon_and_grants_again_after_it_goes_on()
    {
        await using var server = await LocalRedis.StartAsync();
        await using var services = Limiters.Create(server.Address, perSecond: 100);
        Assert.True(await services.Limiter().AskUntilAnsweredAsync());

        await server.FreezeAsync();
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<Exception>(() => services.Limiter().AskAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, AtOnce * 2);

        await server.ThawAsync();
        while (!await services.Limiter().AskUntilAnsweredAsync()) { }
    }

    [Theory]
    [InlineData("127.0.0.1:1,connectTimeout=200")]
    [InlineData("redis.invalid:6379,ssl=false")]
    public async Task A_Redis_that_was_never_there_fails_and_ends_nothing(string address)
    {
        await using var services = Limiters.Create(address);
        await Assert.ThrowsAnyAsync<Exception>(() =>
            services.Limiter().AskAsync().WaitAsync(TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_question_can_be_cancelled()
    {
        await using var server = await LocalRedis.StartAsync();
        await using var services = Limiters.Create(server.Address);
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            services.Limiter().AcquireAsync(1, stop.Token).AsTask()
        );
    }
}
