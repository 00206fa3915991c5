namespace Onramp.Cancellation.Records;

/// <summary>The requests that wait for another attempt, counted.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="IsMore">Whether there are more than were counted.</param>
/// <param name="Since">When the first attempt of the oldest one failed; null for none.</param>
/// <param name="NextTryAt">When the next attempt of any of them is due; null for none.</param>
/// <param name="Causes">Why they wait, such as <c>failed/unavailable</c>, and how many wait for that.</param>
public sealed record WaitingSummary(
    int Count,
    bool IsMore,
    DateTimeOffset? Since,
    DateTimeOffset? NextTryAt,
    IReadOnlyDictionary<string, int> Causes
)
{
    internal static WaitingSummary Of(IReadOnlyList<WaitingRequest> requests, bool isMore) =>
        new(
            requests.Count,
            isMore,
            requests.Count == 0 ? null : requests.Min(static request => request.Since),
            requests.Count == 0 ? null : requests.Min(static request => request.NextTryAt),
            requests
                .GroupBy(static request => request.Cause)
                .ToDictionary(static cause => cause.Key, static cause => cause.Count())
        );
}
