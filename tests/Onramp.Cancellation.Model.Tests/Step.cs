using System.Globalization;

namespace Onramp.Cancellation.Model.Tests;

/// <summary>What happens to one call that an operation makes: to the tables, the queue, the topic or Onramp.</summary>
internal enum Fate
{
    /// <summary>It succeeds.</summary>
    Done,

    /// <summary>It fails without effect.</summary>
    Refused,

    /// <summary>It takes effect, but its answer is lost.</summary>
    AnswerLost,

    /// <summary>It fails, and takes effect later: a write that is still on its way.</summary>
    Late,

    /// <summary>A conditional write takes effect and then reports a conflict with itself, as after a retry of the SDK.
    /// </summary>
    OwnConflict,

    /// <summary>It waits, while other operations go on, until the history resumes it.</summary>
    Parked,

    /// <summary>The process ends before it takes effect.</summary>
    Crash,

    /// <summary>The process ends after it has taken effect.</summary>
    CrashAfter,

    /// <summary>The process ends, and it takes effect later.</summary>
    CrashLate,
}

/// <summary>A fault of one call of an operation.</summary>
/// <param name="Call">Which call, counted from 0.</param>
/// <param name="Fate">What happens to it.</param>
/// <param name="AndLater">Whether it happens to all later calls too.</param>
internal sealed record Fault(int Call, Fate Fate, bool AndLater)
{
    public Fate FateOf(int call) => call == Call || (AndLater && call > Call) ? Fate : Fate.Done;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"call {Call}{(AndLater ? " and later" : "")}: {Fate}");
}

/// <summary>One step of a history. An index selects one of several candidates, modulo their number.</summary>
internal abstract record Step
{
    // Most operations read, schedule and then write.
    private static readonly Gen<int> Calls = Gen.Frequency(
        (1, Gen.Const(0)),
        (2, Gen.Const(1)),
        (4, Gen.Const(2)),
        (3, Gen.Const(3)),
        (3, Gen.Int[4, 9])
    );

    private static readonly Gen<Fault?> Faults = Gen.Frequency(
        (1, Gen.Const(static () => (Fault?)null)),
        (
            1,
            Gen.Select(
                Calls,
                Gen.Int[1, (int)Fate.CrashLate],
                Gen.Int[0, 7],
                static Fault? (call, fate, later) =>
                    new Fault(call, (Fate)fate, later == 0 && (Fate)fate != Fate.Parked)
            )
        )
    );

    private static readonly Gen<int> Whose = Gen.Frequency((6, Gen.Const(0)), (1, Gen.Const(1)), (1, Gen.Const(2)));

    private static readonly Gen<Step> Arms = Gen.Frequency(
        (
            3,
            Gen.Select(
                Whose,
                Gen.Int[0, Arm.Delays.Length - 1],
                Gen.Enum<ChangeId>(),
                Faults,
                static Step (whose, delay, id, fault) => new Arm(whose, Arm.Delays[delay], id, fault)
            )
        ),
        (
            1,
            Gen.Select(
                Gen.Int[0, 5],
                Gen.Int[0, Arm.Delays.Length - 1],
                static Step (order, delay) => new ArmByMessage(order / 5, Arm.Delays[delay])
            )
        )
    );

    /// <summary>A random history. It begins with a timeout.</summary>
    public static Gen<Step[]> Histories { get; } =
        Gen.Select(
            Arms,
            Gen.Frequency(
                (4, Arms),
                (3, Gen.Select(Whose, Faults, static Step (whose, fault) => new Disarm(whose, fault))),
                (10, Gen.Select(Gen.Int[0, 3], Faults, static Step (index, fault) => new GoOn(index, fault))),
                (5, OneOf(new WaitForAlarm())),
                (4, OneOf(new Wait(1), new Wait(3), new Wait(11), new Wait(35), new Wait(61))),
                (
                    2,
                    OneOf(
                        new ChangeOrder(0, Change.Extended),
                        new ChangeOrder(0, Change.Extended),
                        new ChangeOrder(0, Change.Paid),
                        new ChangeOrder(0, Change.Cancelled)
                    )
                ),
                (1, Gen.Int[0, 2].Select(static Step (index) => new Arrive(index))),
                (1, Gen.Int[0, 1].Select(static Step (index) => new Replay(index)))
            ).Array[0, 20],
            static (first, others) => (Step[])[first, .. others]
        );

    /// <summary>The step without its fault; null if it has none.</summary>
    public virtual Step? WithoutFault() => null;

    private static Gen<Step> OneOf(params Step[] steps) => Gen.Int[0, steps.Length - 1].Select(index => steps[index]);
}

/// <summary>Which id a change has.</summary>
internal enum ChangeId
{
    None,

    /// <summary>A new one.</summary>
    New,

    /// <summary>That of the same caller's last change: a repeat.</summary>
    Last,
}

/// <summary>A caller arms or moves a timeout, by HTTP; <paramref name="Seconds"/> is null for "when expired".</summary>
internal sealed record Arm(int Whose, int? Seconds, ChangeId Id, Fault? Fault) : Step
{
    public override Step? WithoutFault() => Fault is null ? null : this with { Fault = null };

    public static readonly int?[] Delays = [1, 20, 60, 300, null, null];
}

/// <summary>A message to the queue that arms a timeout; it is handled when it is delivered.</summary>
internal sealed record ArmByMessage(int Order, int? Seconds) : Step;

/// <summary>A caller disarms a timeout.</summary>
internal sealed record Disarm(int Whose, Fault? Fault) : Step
{
    public override Step? WithoutFault() => Fault is null ? null : this with { Fault = null };
}

/// <summary>
/// A parked call goes on, as the first call that the fault counts; or a message that is due is delivered, perhaps while
/// an earlier delivery of it is still being handled.
/// </summary>
internal sealed record GoOn(int Index, Fault? Fault) : Step
{
    public override Step? WithoutFault() => Fault is null ? null : this with { Fault = null };
}

/// <summary>Time passes until the next message is due.</summary>
internal sealed record WaitForAlarm : Step;

/// <summary>Time passes.</summary>
internal sealed record Wait(int Seconds) : Step;

/// <summary>An order is changed at Onramp.</summary>
internal sealed record ChangeOrder(int Order, Change Change) : Step;

/// <summary>A late write takes effect.</summary>
internal sealed record Arrive(int Index) : Step;

/// <summary>The operator replays a dead letter.</summary>
internal sealed record Replay(int Index) : Step;

/// <summary>How an order is changed at Onramp.</summary>
internal enum Change
{
    Extended,
    Paid,
    Cancelled,
}
