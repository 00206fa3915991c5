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
