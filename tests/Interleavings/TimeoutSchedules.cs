namespace Onramp.Cancellation.Interleavings;

/// <summary>Requests and alarms about one timeout at the same time.</summary>
internal static class TimeoutSchedules
{
    private static readonly OrderReference Order = OrderReference.FromOrderId("1443");

    /// <summary>A timeout that is due is moved, disarmed and fired, by an alarm that is delivered twice.</summary>
    public static async Task One_change_of_a_due_timeout_wins()
    {
        using var core = new Core();
        await core.LoadAsync();
        var timeouts = core.Get<OrderTimeouts>();
        var first = (await timeouts.ArmAsync(Change(core, minutes: 5), CancellationToken.None)).Timeout!;
        core.Time.Advance(TimeSpan.FromMinutes(5));
        TimeoutAlarm alarm = new(Order, null, first.Version, first.ArmedAt);

        var moving = Task.Run(() => timeouts.ArmAsync(Change(core, minutes: 5), CancellationToken.None));
        var disarming = Task.Run(() => timeouts.DisarmAsync(Order, null, null, CancellationToken.None));
        var firing = Task.Run(() => timeouts.BeginFiringAsync(alarm, core.Time.GetUtcNow(), CancellationToken.None));
        var again = Task.Run(() => timeouts.BeginFiringAsync(alarm, core.Time.GetUtcNow(), CancellationToken.None));
        var (moved, disarmed) = (await moving, await disarming);
        FiringStep[] fired = [(await firing).Step, (await again).Step];

        Rule.Holds(
            fired.All(static step => step is FiringStep.Cancel or FiringStep.Nothing),
            "An alarm that rings in time cancels or does nothing."
        );
        var isFired = fired.Contains(FiringStep.Cancel);
        Rule.Holds(isFired == (disarmed == DisarmResult.Fired), "A timeout is fired or disarmed, never both.");
        Rule.Holds(isFired == (moved.Status == ArmStatus.Firing), "A timeout is fired or moved, never both.");
        var row = core.Timeouts.Single();
        Rule.Holds((row.State == TimeoutState.Firing) == isFired, "The row of a timeout that fires is firing.");
        Rule.Holds(
            row.State != TimeoutState.Armed || core.Scheduled.ContainsKey(row.AlarmNumber),
            "An armed timeout has an alarm."
        );
    }

    /// <summary>Several callers arm the first timeout of an order, and one disarms it.</summary>
    public static async Task Every_arming_at_the_same_time_is_confirmed()
    {
        using var core = new Core();
        await core.LoadAsync();
        var timeouts = core.Get<OrderTimeouts>();
        var arming = Enumerable
            .Range(1, 3)
            .Select(minutes => Task.Run(() => timeouts.ArmAsync(Change(core, minutes), CancellationToken.None)))
            .ToArray();
        var disarming = Task.Run(() => timeouts.DisarmAsync(Order, null, null, CancellationToken.None));
        var armed = await Task.WhenAll(arming);
        var disarmed = await disarming;

        Rule.Holds(
            armed.All(static one => one.Status is ArmStatus.Armed or ArmStatus.Moved),
            "Every arming is confirmed."
        );
        var row = core.Timeouts.Single();
        Rule.Holds(armed.Any(one => one.Timeout!.Version == row.Version), "The last arming is in the row.");
        Rule.Holds(
            row.State != TimeoutState.Disarmed || disarmed == DisarmResult.Disarmed,
            "Only a disarming disarms."
        );
        Rule.Holds(
            row.State != TimeoutState.Armed || core.Scheduled.ContainsKey(row.AlarmNumber),
            "An armed timeout has an alarm."
        );
        Rule.Holds(core.Scheduled.Count <= 1, "Every other alarm is taken back.");
        Rule.Holds(
            armed.Count(static one => one.Status == ArmStatus.Armed)
                == (disarmed == DisarmResult.Disarmed && row.State == TimeoutState.Armed ? 2 : 1),
            "The first arming, and one after a disarming, arm; the others move."
        );
    }

    private static TimeoutChange Change(Core core, int minutes) =>
        new()
        {
            Order = Order,
            AskedAt = core.Time.GetUtcNow(),
            DueAt = core.Time.GetUtcNow().AddMinutes(minutes),
        };
}
