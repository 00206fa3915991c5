namespace Reliability;

/// <summary>How many calls the provider received in a second.</summary>
public static class CallRate
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The most calls in any second, and its start.</summary>
    public static (int Calls, TimeSpan From) Highest(IEnumerable<TimeSpan> calls)
    {
        List<TimeSpan> times = [.. calls.Order()];
        var highest = (Calls: 0, From: TimeSpan.Zero);
        for (var (first, last) = (0, 0); last < times.Count; last++)
        {
            while (times[last] - times[first] >= Second)
            {
                first++;
            }

            if (last - first + 1 > highest.Calls)
            {
                highest = (last - first + 1, times[first]);
            }
        }

        return highest;
    }
}
