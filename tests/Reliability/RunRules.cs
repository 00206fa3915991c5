using System.Globalization;

namespace Reliability;

/// <summary>Checks a run as a whole.</summary>
public static class RunRules
{
    // On a slow machine calls time out and the circuit stays open, so a few requests may be given up although the
    // provider would have answered: one in a hundred, and in a short run beside other tests a few more.
    private const double LargestHelplessShare = 0.01;
    private const int FewHelpless = 10;

    public static IEnumerable<Violation> Check(
        IReadOnlyCollection<Record> records,
        IEnumerable<string> strangers,
        IEnumerable<string> attacks,
        IEnumerable<string> programFaults,
        IEnumerable<string> left
    )
    {
        List<Record> helpless = [.. records.Where(IsHelpless)];
        if (helpless.Count > Math.Max(FewHelpless, records.Count * LargestHelplessShare))
        {
            yield return new Violation(
                Promises.Helpless,
                [
                    $"{helpless.Count} of {records.Count} requests were given up although the provider answers:",
                    .. helpless.SelectMany(static record => new[] { $"{record}", record.Tell().Last() }),
                    "The first:",
                    .. helpless[0].Tell(),
                ]
            );
        }

        foreach (var fault in programFaults)
        {
            yield return new Violation(Promises.Broken, [fault]);
        }

        foreach (var stranger in strangers)
        {
            yield return new Violation(Promises.Garbled, [$"nobody asked for this: {stranger}"]);
        }

        foreach (var attack in attacks)
        {
            yield return new Violation(Promises.Believed, [attack]);
        }

        foreach (var messages in left)
        {
            yield return new Violation(Promises.Broken, [messages]);
        }
    }

    /// <summary>Checks the calls of all workers against their common budget.</summary>
    /// <param name="highest">The most calls in any second, and when.</param>
    /// <param name="budget">The calls a second that are allowed; 0 for no limit.</param>
    public static IEnumerable<Violation> CheckCalls((int Calls, TimeSpan From) highest, int budget)
    {
        if (budget > 0 && highest.Calls > Most(budget))
        {
            yield return new Violation(
                Promises.Hurried,
                [
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{highest.Calls} calls in the second from {highest.From.TotalSeconds:0.000} s; "
                            + $"the budget of {budget} allows {Most(budget)}"
                    ),
                ]
            );
        }
    }

    /// <summary>How many calls may arrive in one second: the budget, and a burst of a tenth of it.</summary>
    public static int Most(int budget) => budget + (budget / 10);

    private static bool IsHelpless(Record record) =>
        record.Request is { Fate: not Fate.Doomed, Way: not Way.MalformedMessage }
        && record.Events.All(sent => sent.Outcome == "failed")
        && !(record.Events.IsEmpty && record.DeadLetters.IsEmpty)
        && !record.IsAgedByClock;
}
