using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests;

/// <summary>Both functions that receive messages: what remains after a message is settled, or cannot be.</summary>
public sealed class SettlementTests
{
    private const int MessageNotSettled = 701;
    private const int EventNotSettled = 706;

    private static readonly ServiceBusException LockLost = new("Lost", ServiceBusFailureReason.MessageLockLost);

    /// <summary>Otherwise a process would wait for it while it stops.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_message_is_no_longer_in_flight(bool isEvent, bool settles)
    {
        await using var app = await App.StartAsync();
        await RunAsync(app, isEvent, new FakeActions { Fault = settles ? null : LockLost });

        // No time passes, so it cannot wait for the work to end.
        await app
            .Work.CloseAsync(GracefulShutdown.Patience, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.False(app.Work.Abandoned.IsCancellationRequested);
    }

    [Theory]
    [InlineData(false, MessageNotSettled)]
    [InlineData(true, EventNotSettled)]
    public async Task A_message_that_cannot_be_settled_is_logged_with_the_cause(bool isEvent, int id)
    {
        await using var app = await App.StartAsync();
        await RunAsync(app, isEvent, new FakeActions());
        Assert.DoesNotContain(app.Log.Lines, line => line.Id == id);

        await RunAsync(app, isEvent, new FakeActions { Fault = LockLost });

        var logged = Assert.Single(app.Log.Lines, line => line.Id == id);
        Assert.Contains(nameof(ServiceBusFailureReason.MessageLockLost), logged.Text, StringComparison.Ordinal);
    }

    /// <summary>The process is stopping, and the event is delivered to another one.</summary>
    [Fact]
    public async Task An_event_that_is_abandoned_is_not_logged()
    {
        await using var app = await App.StartAsync();
        FakeActions actions = new() { Hangs = true };
        var running = RunAsync(app, isEvent: true, actions);
        await actions.Called.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var closing = app.Work.CloseAsync(GracefulShutdown.Patience, TestContext.Current.CancellationToken);
        app.Time.Advance(GracefulShutdown.Patience);
        await closing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        app.Time.Advance(MessageDispatcher.SettlementTimeout);
        await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(app.Log.Lines, static line => line.Id == EventNotSettled);
    }

    private static Task RunAsync(App app, bool isEvent, FakeActions actions) =>
        isEvent ? app.Get<OutcomeRecords>().RecordAsync(App.Message(), actions) : app.RunAsync(App.Message(), actions);
}
