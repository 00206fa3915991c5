using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>What an answer of Onramp amounts to.</summary>
internal enum ReplyKind
{
    /// <summary>
    /// No answer, a server error, an open circuit, or nothing that can be understood: the call may or may not have had
    /// its effect.
    /// </summary>
    Unclear,

    /// <summary>The call succeeded and tells the order's state.</summary>
    State,

    /// <summary>Onramp refuses the request itself, in words or by a status that says so.</summary>
    Refused,

    /// <summary>There is no such order.</summary>
    NoSuchOrder,

    /// <summary>The API key, the signature or the timestamp is refused.</summary>
    Unauthorized,

    /// <summary>Too many requests: Onramp's limit or our own. An open circuit is <see cref="Unclear"/>.</summary>
    Throttled,
}

/// <summary>The names that kinds of answers have in telemetry.</summary>
internal static class ReplyKinds
{
    /// <summary>What a call is called that no answer came to.</summary>
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

/// <summary>One answer of Onramp, judged.</summary>
internal sealed record ProviderReply(ReplyKind Kind)
{
    /// <summary>The order's state; set when <see cref="Kind"/> is <see cref="ReplyKind.State"/>.</summary>
    public OrderStatus? Status { get; init; }

    /// <summary>The id of an order that was named by its hash; null when the answer does not have one.</summary>
    public string? OrderId { get; init; }

    /// <summary>What Onramp's clock says, in milliseconds since the Unix epoch; null unless it was asked.</summary>
    public long? ServerTime { get; init; }

    /// <summary>Onramp's own words, or ours for what happened instead of an answer.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Whether it says that the provider is down, for everybody: no answer, a server error, a page of its proxy. The
    /// circuit counts these.
    /// </summary>
    public bool IsDown { get; init; }

    /// <summary>Whether Onramp was not even asked, because too many calls had failed.</summary>
    public bool IsCircuitOpen { get; init; }

    /// <summary>How long to wait, if the answer said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether it was the timestamp that was refused: the two clocks differ, in either direction.</summary>
    public bool IsAboutTime { get; init; }

    /// <summary>
    /// What a refused request was signed with; set when <see cref="Kind"/> is <see cref="ReplyKind.Unauthorized"/>.
    /// </summary>
    public ApiCredentials? SignedWith { get; init; }

    /// <summary>
    /// Which reading of Onramp's clock a refused request was signed by (<see cref="ProviderClock.Reading"/>).
    /// </summary>
    public int ClockReading { get; init; }
}
