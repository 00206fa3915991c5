namespace OnrampFunctions.LocalHost.Page;

/// <summary>Counts outcomes by kind, since the start and per second.</summary>
internal sealed class OutcomeTally
{
    /// <summary>The number of seconds that are kept.</summary>
    public const int Seconds = 120;

    private readonly Lock _gate = new();
    private readonly long[] _totals = new long[Kinds.Count];
    private readonly (long Second, int[] Counts)[] _seconds =
    [
        .. Enumerable.Range(0, Seconds).Select(_ => (-1L, new int[Kinds.Count])),
    ];

    /// <summary>The kinds of outcomes, retryable ones last, and one for other messages on the topic.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [.. OutcomeTable.Rows.OrderBy(row => row.IsRetryable).Select(row => row.Name).Distinct(), "other"];

    public void Count(string? kind, DateTimeOffset at)
    {
        var index = 0;
        while (index < Kinds.Count - 1 && Kinds[index] != kind)
        {
            index++;
        }

        var second = at.ToUnixTimeSeconds();
        lock (_gate)
        {
            ref var slot = ref _seconds[(int)(second % Seconds)];
            if (slot.Second != second)
            {
                slot.Second = second;
                Array.Clear(slot.Counts);
            }

            slot.Counts[index]++;
            _totals[index]++;
        }
    }

    /// <summary>All counts at a time.</summary>
    public TallyView View(DateTimeOffset now)
    {
        var oldest = now.ToUnixTimeSeconds() - Seconds;
        lock (_gate)
        {
            return new TallyView(
                [.. _totals],
                [
                    .. _seconds
                        .Where(slot => slot.Second > oldest)
                        .OrderBy(slot => slot.Second)
                        .Select(slot => new SecondView(slot.Second, [.. slot.Counts])),
                ]
            );
        }
    }
}
