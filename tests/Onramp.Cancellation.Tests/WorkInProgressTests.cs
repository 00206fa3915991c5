using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Onramp.Cancellation.Tests;

/// <summary>Stopping waits for work in progress, up to a limit.</summary>
public sealed class WorkInProgressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_blocking_callback_does_not_keep_the_host_from_stopping()
    {
        FakeTimeProvider clock = new();
        using WorkInProgress work = new(clock);
        using ManualResetEventSlim released = new();
        using var blocking = work.Closing.Register(() => released.Wait(CancellationToken.None));
        Assert.True(work.TryBegin());

        var closing = work.CloseAsync(Patience, CancellationToken.None);
        try
        {
            Assert.False(work.TryBegin());
            Assert.False(work.Abandoned.IsCancellationRequested);
            clock.Advance(Patience);
            await closing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.True(work.Abandoned.IsCancellationRequested);
        }
        finally
        {
            released.Set();
        }
    }

    [Fact]
    public async Task A_host_that_stops_gives_its_work_three_seconds()
    {
        await using var service = await Service.StartAsync();
        var work = service.Get<WorkInProgress>();
        Assert.True(work.TryBegin());
        var shutdown = service.Get<IEnumerable<IHostedService>>().OfType<GracefulShutdown>().Single();

        var stopping = shutdown.StoppingAsync(CancellationToken.None);
        service.Time.Advance(TimeSpan.FromSeconds(2.999));
        Assert.False(stopping.IsCompleted);
        service.Time.Advance(TimeSpan.FromSeconds(0.001));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.True(work.Abandoned.IsCancellationRequested);
    }

    [Fact]
    public async Task A_message_that_completes_in_time_is_not_abandoned()
    {
        using WorkInProgress work = new(new FakeTimeProvider());
        Assert.True(work.TryBegin());
        var closing = work.CloseAsync(Patience, CancellationToken.None);
        work.End();
        await closing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(work.Abandoned.IsCancellationRequested);
    }
}
