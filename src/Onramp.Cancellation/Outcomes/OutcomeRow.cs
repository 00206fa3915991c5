using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Everything that follows from how a request ended: one row of the table of outcomes.</summary>
public sealed record OutcomeRow
{
    /// <summary>What events, answers and filters call it. It never changes: subscriptions filter on it.</summary>
    public required string Name { get; init; }

    /// <summary>Why it failed, where <see cref="Name"/> says no more than that; otherwise null.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>The CloudEvents type of its event.</summary>
    public required string EventType { get; init; }

    /// <summary>
    /// How long a caller should wait before it asks again, unless Onramp or the circuit says longer; null when asking
    /// again changes nothing. A retryable outcome cannot be written without it.
    /// </summary>
    public required TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether asking again can change it: a message is delivered again, and an answer has <c>Retry-After</c>.
    /// </summary>
    public bool IsRetryable => RetryAfter is not null;

    /// <summary>The status of the HTTP answer to a caller who waits for the outcome.</summary>
    public required int HttpStatus { get; init; }

    /// <summary>
    /// The status of the HTTP answer to a webhook delivery, whose sender repeats everything that is not 2xx: only what
    /// a repeat can change is an error.
    /// </summary>
    public required int WebhookStatus { get; init; }

    /// <summary>How the answer to a caller who waits tells it; null for a success.</summary>
    public required OutcomeProblem? Problem { get; init; }

    /// <summary><see cref="Name"/>, and the reason if there is one, for logs.</summary>
    public string FullName => ReasonCode is null ? Name : $"{Name}/{ReasonCode}";
}

/// <summary>An outcome as a problem (RFC 9457).</summary>
/// <param name="Code">The last part of the type.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Detail">What to say of one outcome.</param>
public sealed record OutcomeProblem(string Code, string Title, Func<CancelOutcome, string?> Detail);
