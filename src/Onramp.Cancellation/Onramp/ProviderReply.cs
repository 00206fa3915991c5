using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>The meaning of an answer from Onramp.</summary>
internal enum ReplyKind
{
    /// <summary>
    /// No answer, a server error, an open circuit, or an answer that cannot be understood: the call may or may not have
    /// taken effect.
    /// </summary>
    Unclear,

    /// <summary>The call succeeded and returned the order's state.</summary>
    State,

    /// <summary>Onramp refuses the request itself, in words or by an unambiguous status.</summary>
    Refused,

    /// <summary>The order does not exist.</summary>
    NoSuchOrder,

    /// <summary>The API key, the signature or the timestamp is refused.</summary>
    Unauthorized,

    /// <summary>Too many requests: Onramp's limit or our own. An open circuit is <see cref="Unclear"/>.</summary>
    Throttled,
}

/// <summary>The names of reply kinds in telemetry.</summary>
internal static class ReplyKinds
{
    /// <summary>The name for a call without an answer.</summary>
    public const string NoAnswer = "no_answer";

    public static string Name(this ReplyKind kind) =>
        kind switch
        {
            ReplyKind.Unclear => "unclear",
            ReplyKind.State => "state",
            ReplyKind.Refused => "refused",
            ReplyKind.NoSuchOrder => "no_such_order",
            ReplyKind.Unauthorized => "unauthorized",
            ReplyKind.Throttled => "throttled",
        };
}

/// <summary>A judged answer from Onramp.</summary>
internal sealed record ProviderReply(ReplyKind Kind)
{
    /// <summary>The order's state; set when <see cref="Kind"/> is <see cref="ReplyKind.State"/>.</summary>
    public OrderStatus? Status { get; init; }

    /// <summary>The id of an order that was named by its hash; null when the answer has none.</summary>
    public string? OrderId { get; init; }

    /// <summary>
    /// When the time to pay the order ends; null when the answer has no such time. Only set when <see cref="Kind"/> is
    /// <see cref="ReplyKind.State"/>.
    /// </summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>
    /// The time by Onramp's clock, in milliseconds since the Unix epoch; only set for an answer of the clock.
    /// </summary>
    public long? ServerTime { get; init; }

    /// <summary>Onramp's own words, or ours for what happened instead of an answer; null for none.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Whether the answer means that the provider is down for everyone: no answer, a server error, or a page of its
    /// proxy. The circuit breaker counts these.
    /// </summary>
    public bool IsDown { get; init; }

    /// <summary>Whether no call was made because the circuit is open.</summary>
    public bool IsCircuitOpen { get; init; }

    /// <summary>Whether no call was made because the limit of calls a second left no permit in time.</summary>
    public bool IsOverBudget { get; init; }

    /// <summary>The wait that the answer asks for; null for none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the timestamp was refused: the two clocks differ, in either direction.</summary>
    public bool IsAboutTime { get; init; }

    /// <summary>
    /// The pair that signed a refused request; set when <see cref="Kind"/> is <see cref="ReplyKind.Unauthorized"/>.
    /// </summary>
    public ApiCredentials? SignedWith { get; init; }

    /// <summary>
    /// The reading of Onramp's clock that a refused request was signed by (<see cref="ProviderClock.Reading"/>).
    /// </summary>
    public int ClockReading { get; init; }
}
