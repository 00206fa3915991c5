using Microsoft.Extensions.Time.Testing;

namespace Onramp.Cancellation.Tests;

/// <summary>Stopping waits for work, but for nobody without a limit.</summary>
public sealed class WorkInProgressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Whoever_blocks_when_told_of_the_end_does_not_keep_the_host_from_stopping()
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
    public async Task Nobody_is_abandoned_who_ends_in_time()
    {
        using WorkInProgress work = new(new FakeTimeProvider());
        Assert.True(work.TryBegin());
        var closing = work.CloseAsync(Patience, CancellationToken.None);
        work.End();
        await closing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(work.Abandoned.IsCancellationRequested);
    }
}
