using Onramp.Cancellation.Cancelling;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Everything that follows from an outcome: a row of the table of outcomes.</summary>
public sealed record OutcomeRow
{
    /// <summary>
    /// The name in events, answers and filters. It never changes, because subscriptions filter on it.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The reason, where <see cref="Name"/> alone does not say it; otherwise null.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>The CloudEvents type of the event.</summary>
    public required string EventType { get; init; }

    /// <summary>
    /// How long a caller should wait before a retry, unless Onramp or the circuit breaker asks for more; null when a
    /// retry changes nothing. Every retryable outcome has it.
    /// </summary>
    public required TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether a retry can change the outcome. Then a message is delivered again, and an HTTP answer has
    /// <c>Retry-After</c>.
    /// </summary>
    public bool IsRetryable => RetryAfter is not null;

    /// <summary>The status of the HTTP answer to a caller that waits for the outcome.</summary>
    public required int HttpStatus { get; init; }

    /// <summary>
    /// The status of the HTTP answer to a webhook. Its sender repeats everything that does not get 2xx, so only an
    /// outcome that a repeat can change is an error.
    /// </summary>
    public required int WebhookStatus { get; init; }

    /// <summary>The problem in the answer to a caller that waits; null for a success.</summary>
    public required OutcomeProblem? Problem { get; init; }

    /// <summary><see cref="Name"/> and the reason, if there is one, for logs.</summary>
    public string FullName => ReasonCode is null ? Name : $"{Name}/{ReasonCode}";
}

/// <summary>An outcome as a problem (RFC 9457).</summary>
/// <param name="Code">The last part of the type.</param>
/// <param name="Title">The title.</param>
/// <param name="Detail">Returns the detail for one outcome.</param>
public sealed record OutcomeProblem(string Code, string Title, Func<CancelOutcome, string?> Detail);
