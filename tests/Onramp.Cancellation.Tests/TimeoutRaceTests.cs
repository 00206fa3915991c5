namespace Onramp.Cancellation.Tests;

/// <summary>Changes of one timeout while other instances write its row, or while the tables do not answer.</summary>
public sealed class TimeoutRaceTests
{
    private const int MaxTries = 8;
    private static readonly OrderReference Order = OrderReference.FromOrderId("1443");

    [Fact]
    public async Task A_change_that_always_comes_second_is_given_up_after_eight_tries()
    {
        await using var service = await Service.StartAsync();
        var alarm = await ArmedAsync(service);
        service.Rows.FaultOf = static (name, _) => name == "replace" ? RowFault.Conflict : RowFault.None;

        Assert.Equal(ArmStatus.TablesUnavailable, (await ArmAsync(service)).Status);
        Assert.Equal(MaxTries, Writes());
        Assert.Equal(DisarmResult.Unavailable, await DisarmAsync(service));
        Assert.Equal(2 * MaxTries, Writes());
        Assert.Equal(FiringStep.Wait, await BeginFiringAsync(service, alarm));
        Assert.Equal(3 * MaxTries, Writes());
        Assert.Single(service.Queue.Scheduled);

        int Writes() => service.Rows.Operations.Count(static one => one == ("replace", RowTable.CancelTimeouts));
    }

    [Fact]
    public async Task Disarming_that_comes_second_once_is_done_again()
    {
        await using var service = await Service.StartAsync();
        await ArmedAsync(service);
        var writes = 0;
        service.Rows.FaultOf = (name, _) => name == "replace" && ++writes == 1 ? RowFault.Conflict : RowFault.None;
        Assert.Equal(DisarmResult.Disarmed, await DisarmAsync(service));
        Assert.Equal((TimeoutState.Disarmed, 2), (await StateAsync(service), writes));
    }

    [Fact]
    public async Task Without_the_tables_no_change_is_made_and_none_throws()
    {
        await using var service = await Service.StartAsync();
        var alarm = await ArmedAsync(service);
        service.Rows.Fault = RowFault.Refuse;
        Assert.Equal(ArmStatus.TablesUnavailable, (await ArmAsync(service)).Status);
        Assert.Equal(DisarmResult.Unavailable, await DisarmAsync(service));
        Assert.Equal(FiringStep.Wait, await BeginFiringAsync(service, alarm));
        service.Rows.Fault = RowFault.None;
        Assert.Equal(TimeoutState.Armed, await StateAsync(service));
    }

    [Fact]
    public async Task A_repeated_disarming_leaves_a_timeout_alone_that_was_armed_after_it()
    {
        await using var service = await Service.StartAsync();
        await ArmedAsync(service);
        Assert.Equal(DisarmResult.Disarmed, await DisarmAsync(service, "change-1"));
        await ArmedAsync(service);
        Assert.Equal(DisarmResult.Disarmed, await DisarmAsync(service, "change-1"));
        Assert.Equal(TimeoutState.Armed, await StateAsync(service));
        Assert.Equal(DisarmResult.Disarmed, await DisarmAsync(service, "change-2"));
        Assert.Equal(TimeoutState.Disarmed, await StateAsync(service));
    }

    [Fact]
    public async Task An_end_that_the_tables_do_not_confirm_is_repeated_with_the_same_event_and_without_another_call()
    {
        await using var service = await Service.StartAsync();
        await ArmedAsync(service);
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        var writes = 0;
        service.Rows.FaultOf = (name, _) => name == "replace" && ++writes > 1 ? RowFault.Refuse : RowFault.None;
        await RingAsync();
        Assert.Equal(TimeoutState.Firing, await StateAsync(service));
        Assert.DoesNotContain(service.Log.Lines, static line => line.Id == 402);

        service.Rows.FaultOf = null;
        service.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Settlement.Complete, await RingAsync());
        Assert.Equal(TimeoutState.Fired, await StateAsync(service));
        Assert.Single(service.Topic.Events.Select(static sent => sent.MessageId).Distinct());
        Assert.Equal(["getOrder", "cancelOrder"], service.Provider.Operations);

        Task<Settlement> RingAsync() =>
            service.HandleAsync(QueueTests.Deliver(service.Queue.Scheduled.Last().Value.Message));
    }

    /// <summary>Arms the timeout and returns its alarm.</summary>
    private static async Task<TimeoutAlarm> ArmedAsync(Service service)
    {
        var armed = await ArmAsync(service);
        Assert.Equal(ArmStatus.Armed, armed.Status);
        return new TimeoutAlarm(Order, null, armed.Timeout!.Version, armed.Timeout.ArmedAt);
    }

    private static Task<ArmResult> ArmAsync(Service service)
    {
        var now = service.Time.GetUtcNow();
        TimeoutChange change = new()
        {
            Order = Order,
            AskedAt = now,
            DueAt = now.AddMinutes(30),
        };
        return service.Get<OrderTimeouts>().ArmAsync(change, TestContext.Current.CancellationToken);
    }

    private static Task<DisarmResult> DisarmAsync(Service service, string? changeId = null) =>
        service.Get<OrderTimeouts>().DisarmAsync(Order, null, changeId, TestContext.Current.CancellationToken);

    private static async Task<FiringStep> BeginFiringAsync(Service service, TimeoutAlarm alarm) =>
        (
            await service
                .Get<OrderTimeouts>()
                .BeginFiringAsync(alarm, service.Time.GetUtcNow().AddHours(1), TestContext.Current.CancellationToken)
        ).Step;

    private static async Task<TimeoutState?> StateAsync(Service service) =>
        (await service.Get<OrderTimeouts>().FindAsync(Order, null, TestContext.Current.CancellationToken))?.State;
}
