using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>A stalled client of the queue is replaced, but not a slow or idle one.</summary>
public sealed class StalledQueueTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly StalledQueue _queue;
    private int _waiting;
    private int _replaced;

    public StalledQueueTests()
    {
        _queue = new StalledQueue(Longest, _clock);
        _ = _queue.WatchAsync(() => _waiting, () => Task.FromResult(_replaced++), _end.Token);
    }

    [Fact]
    public void Messages_without_a_receiver_for_longer_than_handling_takes_are_a_stall()
    {
        _waiting = 3;
        _queue.Moved();
        _clock.Advance(Longest);
        Assert.Equal(0, _replaced);
        _clock.Advance(Longest / 2);
        Assert.Equal(1, _replaced);
    }

    [Fact]
    public void It_is_tried_again_when_the_next_client_takes_nothing_either()
    {
        _waiting = 3;
        Look(7);
        Assert.Equal(3, _replaced);
    }

    [Fact]
    public void A_queue_that_moves_now_and_then_is_not_stalled()
    {
        _waiting = 3;
        for (var time = 0; time < 20; time++)
        {
            Look(2);
            _queue.Moved();
        }

        Assert.Equal(0, _replaced);
    }

    [Fact]
    public void An_empty_queue_or_one_with_a_new_message_is_not_stalled()
    {
        Look(10);
        _waiting = 1;
        Look(1);
        Assert.Equal(0, _replaced);
    }

    [Fact]
    public void Nothing_is_replaced_while_the_host_stops()
    {
        _waiting = 3;
        _end.Cancel();
        Look(10);
        Assert.Equal(0, _replaced);
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private void Look(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _clock.Advance(Longest / 2);
        }
    }
}

/// <summary>The same with the host, whose only receiver is blocked permanently.</summary>
public sealed class StalledReceiverTests
{
    [Fact]
    public async Task Another_client_takes_over_what_waits()
    {
        using StuckOnce provider = new();
        await using var host = await RunningHost.StartAsync(
            services => services.AddKeyedSingleton<HttpMessageHandler>(OrderCancellation.HttpHandlerKey, provider),
            ("LocalHost__Receivers", "1")
        );
        host.Enqueue("""{"orderId":"1443"}""");
        await provider.IsStuck.WaitAsync(RunningHost.Patience, RunningHost.Token);
        host.Enqueue("""{"orderId":"1448"}""", "message-2");

        var outcome = host.NextOutcomeAsync();
        while (!outcome.IsCompleted)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(45));
            await Task.WhenAny(
                outcome,
                Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, RunningHost.Token)
            );
        }

        Assert.Equal("cancelled", (await outcome).Kind);
        Assert.Contains(host.Log.Lines, static line => line.Contains("replacing the client", StringComparison.Ordinal));
        provider.Release();
    }

    /// <summary>A provider that never answers the first call, even after its caller has given up.</summary>
    private sealed class StuckOnce : HttpMessageHandler
    {
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsStuck => _stuck.Task;

        public void Release() => _released.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (_stuck.TrySetResult())
            {
                await _released.Task;
            }

            return new HttpResponseMessage
            {
                Content = new StringContent("""{"status":1,"data":{"orderId":"1448","status":-3},"code":200}"""),
            };
        }
    }
}
