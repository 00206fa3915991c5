using Onramp.Cancellation.Records;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>A request whose outcome is waited for.</summary>
/// <param name="RecordId">The id of its record.</param>
/// <param name="EarlierEvent">The id of the event that was recorded before the request was sent; null for none. A
/// request that failed can be sent again, and then only a newer outcome counts.</param>
internal readonly record struct ExpectedOutcome(string RecordId, string? EarlierEvent)
{
    public bool IsIn(RequestRecord? record) =>
        record?.Outcome is { } outcome && (outcome.IsFinal || outcome.EventId != EarlierEvent);
}

/// <summary>Waits for outcomes by reading the records with back-off.</summary>
/// <param name="records">The records.</param>
/// <param name="limit">How long to wait without any new outcome.</param>
/// <param name="clock">The clock.</param>
/// <param name="onWaiting">Called when a request begins to wait for another attempt; null for nothing.</param>
internal sealed class OutcomeWaiter(
    RequestRecords records,
    TimeSpan limit,
    TimeProvider clock,
    Action<RequestRecord>? onWaiting = null
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private long _lastOutcome = clock.GetTimestamp();
    private DateTimeOffset? _nextTryAt;

    /// <summary>Waits for outcomes, until the limit.</summary>
    /// <returns>The records as they are then; null where there is none.</returns>
    public async Task<RequestRecord?[]> WaitAsync(
        IReadOnlyList<ExpectedOutcome> expected,
        CancellationToken cancellationToken
    )
    {
        var found = new RequestRecord?[expected.Count];
        for (var pause = FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            var open = Enumerable.Range(0, expected.Count).Where(index => !expected[index].IsIn(found[index])).ToList();
            await Task.WhenAll(
                open.Select(async index =>
                    found[index] = await records.FindAsync(expected[index].RecordId, cancellationToken)
                )
            );
            var left = open.FindAll(index => !expected[index].IsIn(found[index]));
            if (left.Count < open.Count)
            {
                _lastOutcome = clock.GetTimestamp();
                pause = FirstPause;
            }

            left.ForEach(index => Note(found[index]));
            if (left.Count == 0 || clock.GetElapsedTime(_lastOutcome) >= limit)
            {
                return found;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private void Note(RequestRecord? record)
    {
        if (record?.NextTryAt is { } nextTryAt && nextTryAt != _nextTryAt)
        {
            _nextTryAt = nextTryAt;
            onWaiting?.Invoke(record);
        }
    }
}
