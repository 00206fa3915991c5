using System.Collections.Concurrent;

namespace Onramp.Cancellation.Model.Tests;

/// <summary>
/// The protocol of timeouts, in random histories: callers arm, move and disarm, alarms ring early, late and twice, the
/// tables, the queue, the topic and Onramp fail at any call, and processes crash. A failure is shrunk, and printed with
/// its seed; CsCheck_Seed repeats it, and CsCheck_Iter runs more histories.
/// </summary>
public sealed class TimeoutModelTests
{
    private const long Fewest = 2_000;

    private static readonly ConcurrentBag<Rig> Rigs = [];
    private static int _histories;
    private static int _firstBroken;

    [Fact]
    public void Every_timeout_is_fired_or_disarmed_and_never_both() =>
        Step.Histories.Sample(
            static history =>
            {
                var number = Interlocked.Increment(ref _histories);
                if (Run(history).Broken is { } broken)
                {
                    Interlocked.CompareExchange(ref _firstBroken, number, 0);
                    Assert.Fail(broken);
                }
            },
            iter: Math.Max(Fewest, Check.Iter),
            print: static history => Explain(Shrink([.. history]))
        );

    private static Rules Run(IEnumerable<Step> history, bool explain = false)
    {
        var rig = Rigs.TryTake(out var free) ? free : new Rig();
        var rules = rig.Run(history, explain);
        Rigs.Add(rig);
        return rules;
    }

    /// <summary>Leaves out steps and faults as long as the same rule is broken.</summary>
    private static List<Step> Shrink(List<Step> history)
    {
        var broken = Run(history).Broken;
        for (var index = 0; index < history.Count; )
        {
            List<Step> without = [.. history[..index], .. history[(index + 1)..]];
            List<Step> calmer =
            [
                .. history[..index],
                history[index].WithoutFault() ?? history[index],
                .. history[(index + 1)..],
            ];
            if (Run(without).Broken == broken)
            {
                (history, index) = (without, 0);
            }
            else if (history[index].WithoutFault() is not null && Run(calmer).Broken == broken)
            {
                history = calmer;
            }
            else
            {
                index++;
            }
        }

        return history;
    }

    private static string Explain(List<Step> history) =>
        string.Join(
            '\n',
            [
                $"first after {_firstBroken} histories",
                .. history.Select(static step => step.ToString()),
                "What happens:",
                .. Run(history, explain: true).Events!,
            ]
        );
}
