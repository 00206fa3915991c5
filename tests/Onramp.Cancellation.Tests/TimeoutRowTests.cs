using System.Security.Cryptography;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// What the row of a timeout says, and changes to it while other instances write it or the tables do not answer.
/// </summary>
public sealed class TimeoutRowTests
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
        Assert.Equal(MaxTries, Writes(service));
        Assert.Equal(DisarmResult.Unavailable, await DisarmAsync(service));
        Assert.Equal(2 * MaxTries, Writes(service));
        Assert.Equal(FiringStep.Wait, await BeginFiringAsync(service, alarm));
        Assert.Equal(3 * MaxTries, Writes(service));
        Assert.Single(service.Queue.Scheduled);
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

    [Theory]
    [InlineData(RowFault.Refuse, 0)]
    [InlineData(RowFault.Conflict, MaxTries)]
    public async Task An_end_that_is_not_confirmed_is_repeated_with_the_same_event_and_without_another_call(
        object fault,
        int writes
    )
    {
        await using var service = await DueAsync();
        service.Rows.FaultOf = (name, _) =>
            service.Topic.Events.Count > 0 && (name == "replace" || fault is RowFault.Refuse)
                ? (RowFault)fault
                : RowFault.None;
        await service.RingAsync();
        Assert.Equal(1 + writes, Writes(service));
        Assert.DoesNotContain(service.Log.Lines, static line => line.Id == 402);

        service.Rows.FaultOf = null;
        Assert.Equal(TimeoutState.Firing, await StateAsync(service));
        service.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Settlement.Complete, await service.RingAsync());
        Assert.Equal(TimeoutState.Fired, await StateAsync(service));
        Assert.Single(service.Topic.Events.Select(static sent => sent.MessageId).Distinct());
        Assert.Equal(["getOrder", "cancelOrder"], service.Provider.Operations);
    }

    [Fact]
    public async Task An_end_whose_answer_is_lost_is_read_and_not_written_again()
    {
        await using var service = await DueAsync();
        var scheduled = service.Queue.Scheduled.Count;
        service.Rows.FaultOf = (name, _) =>
            service.Topic.Events.Count > 0 && name == "replace" ? RowFault.LoseAnswer : RowFault.None;
        Assert.Equal(Settlement.Complete, await service.RingAsync());
        Assert.Equal(
            (2, scheduled, TimeoutState.Fired),
            (Writes(service), service.Queue.Scheduled.Count, await StateAsync(service))
        );
    }

    [Fact]
    public async Task An_end_leaves_the_row_of_another_version_alone()
    {
        await using var service = await DueAsync();
        service.Rows.FaultOf = (name, key) =>
        {
            if (name == "read" && service.Topic.Events.Count > 0)
            {
                var values = service.Rows[RowTable.CancelTimeouts].Single().Values;
                service.Rows.Put(key, new(values) { ["version"] = new string('0', 32), ["state"] = "Armed" });
            }

            return RowFault.None;
        };
        Assert.Equal(Settlement.Complete, await service.RingAsync());
        Assert.Equal(1, Writes(service));
    }

    [Fact]
    public async Task A_message_changes_a_timeout_from_when_it_was_asked_for_and_not_from_when_it_is_handled()
    {
        await using var service = await Service.StartAsync();
        var asked = service.Time.GetUtcNow();
        service.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(asked, (await ArmByMessageAsync(asked)).Timeout!.ChangedAt);

        // Sent before the first was handled, and after it.
        Assert.Equal(ArmStatus.Moved, (await ArmByMessageAsync(asked.AddMinutes(5))).Status);
        Assert.Equal(ArmStatus.Unchanged, (await ArmByMessageAsync(asked.AddMinutes(4))).Status);

        Task<ArmResult> ArmByMessageAsync(DateTimeOffset at) =>
            service
                .Get<OrderTimeouts>()
                .ArmAsync(
                    new TimeoutChange
                    {
                        Order = Order,
                        AskedAt = at,
                        DueAt = at.AddHours(1),
                        Message = new InboundMessage { MessageId = $"{at:O}", Body = ReadOnlyMemory<byte>.Empty },
                    },
                    TestContext.Current.CancellationToken
                );
    }

    [Fact]
    public async Task The_row_names_the_caller_and_the_digests_of_changes_that_have_an_id()
    {
        await using var service = await Service.StartAsync();
        await ArmAsync(service, "shop", id: null);
        Assert.DoesNotContain("changes", Row().Keys);
        await ArmAsync(service, "shop", "change-1");
        var digest = Convert.ToHexStringLower(SHA256.HashData("6:change8:change-1"u8))[..32];
        Assert.Equal(("shop", digest), (Row()["caller"], Row()["changes"]));

        IReadOnlyDictionary<string, string> Row() => Assert.Single(service.Rows[RowTable.CancelTimeouts]).Values;
    }

    /// <summary>The operator's tool shows them.</summary>
    [Fact]
    public async Task The_row_of_a_timeout_that_fired_names_order_outcome_and_end()
    {
        await using var service = await DueAsync();
        await service.RingAsync();
        var row = Assert.Single(service.Rows[RowTable.CancelTimeouts]);
        Assert.Equal(
            ("Fired", "1443", "cancelled"),
            (row.Values["state"], row.Values["orderId"], row.Values["outcome"])
        );
        Assert.NotEmpty(row.Values["keepUntil"]);
    }

    /// <summary>A service with an unpaid order whose timeout is due.</summary>
    private static async Task<Service> DueAsync()
    {
        var service = await Service.StartAsync();
        await ArmedAsync(service);
        service.Time.Advance(TimeSpan.FromMinutes(31));
        service.Provider.OnGet(Answers.Order(0)).OnCancel(Answers.Cancelled);
        return service;
    }

    private static int Writes(Service service) =>
        service.Rows.Operations.Count(static one => one == ("replace", RowTable.CancelTimeouts));

    /// <summary>Arms the timeout and returns its alarm.</summary>
    private static async Task<TimeoutAlarm> ArmedAsync(Service service)
    {
        var armed = await ArmAsync(service);
        Assert.Equal(ArmStatus.Armed, armed.Status);
        return new TimeoutAlarm(Order, null, armed.Timeout!.Version, armed.Timeout.ArmedAt);
    }

    private static Task<ArmResult> ArmAsync(Service service, string? caller = null, string? id = null)
    {
        var now = service.Time.GetUtcNow();
        TimeoutChange change = new()
        {
            Order = Order,
            Caller = caller,
            Id = id,
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
