using System.Net;

namespace Onramp.Cancellation;

/// <summary>
/// Says what an HTTP answer of Onramp amounts to. Only an answer that is beyond doubt is a state, a refusal or an unknown order;
/// everything else is unclear, and the canceller asks again.
/// </summary>
internal static class ReplyJudge
{
    private const int MaxErrorLength = 300;

    // Onramp's own meanings of these (its documentation of HTTP codes): 400 format, 406 coin, 409 a parameter's type, 413 volume,
    // 416 balance, 428 price.
    private static readonly HashSet<int> DefiniteRefusals = [400, 406, 409, 413, 416, 428];

    // An error can arrive as HTTP 200 with nothing but words. Words about credentials or load say nothing about the order,
    // and must never be taken for "no such order".
    private static readonly string[] CredentialWords =
        ["api key", "apikey", "api-key", "signature", "unauthor", "forbidden", "permission", "access denied", "credential", "ahead of time", "timestamp", "token"];

    private static readonly string[] LoadWords = ["too many", "rate limit", "throttl"];

    private static readonly string[] TroubleWords =
        ["try again", "temporar", "maintenance", "unavailable", "overload", "busy", "timeout", "timed out", "internal", "server", "went wrong", "unexpected"];

    // The answer to almost every call.
    private static readonly ProviderReply Cancelled = new(ReplyKind.State) { Status = OrderStatus.Cancelled };

    /// <param name="http">The status of the HTTP answer.</param>
    /// <param name="body">Its body.</param>
    /// <param name="asked">The order that the call was about.</param>
    /// <param name="retryAfter">The answer's Retry-After, if it had one.</param>
    public static ProviderReply Judge(HttpStatusCode http, ReadOnlySpan<byte> body, OrderReference asked, TimeSpan? retryAfter)
    {
        var isJson = ReplyEnvelope.TryRead(body, out var envelope);
        var succeeded = (int)http is >= 200 and <= 299;
        if (isJson && envelope.Status == 1)
        {
            return succeeded ? State(envelope, asked) : Unclear($"HTTP {(int)http} with a body that claims success");
        }

        // A refusal inside HTTP 200 carries its real code in the envelope.
        var code = succeeded ? envelope.Code ?? (int)http : (int)http;
        var words = isJson ? Clean(envelope.Error) : null;
        var error = words ?? $"HTTP {code} without an explanation";
        return code switch
        {
            401 or 403 => Unauthorized(error),
            429 => new(ReplyKind.Throttled) { Error = error, RetryAfter = retryAfter },
            417 => new(ReplyKind.NoSuchOrder) { Error = error },
            >= 500 or 408 or 425 => Unclear(error, retryAfter),
            _ when DefiniteRefusals.Contains(code) => new(ReplyKind.Refused) { Error = error, DeniesOrder = code == 400 && envelope.Status == 0 && words is not null },
            _ when envelope.Status == 0 && words is not null => JudgeWords(words, retryAfter),
            _ => Unclear(isJson ? error : $"HTTP {code} with a body that is not Onramp's JSON", retryAfter),
        };
    }

    public static ProviderReply Unclear(string error, TimeSpan? retryAfter = null)
        => new(ReplyKind.Unclear) { Error = error, RetryAfter = retryAfter };

    private static ProviderReply State(ReplyEnvelope envelope, OrderReference asked)
    {
        if (envelope.OrderStatus is not { } status || !Enum.IsDefined((OrderStatus)status))
        {
            return Unclear("success without an order status that is documented");
        }

        return asked.OrderId is not null && envelope.OrderId is not null && envelope.OrderId != asked.OrderId
            ? Unclear("an answer about another order")
            : status == (int)OrderStatus.Cancelled ? Cancelled : new(ReplyKind.State) { Status = (OrderStatus)status };
    }

    private static ProviderReply JudgeWords(string words, TimeSpan? retryAfter)
    {
        if (Mentions(words, CredentialWords))
        {
            return Unauthorized(words);
        }

        if (Mentions(words, LoadWords))
        {
            return new(ReplyKind.Throttled) { Error = words, RetryAfter = retryAfter };
        }

        return Mentions(words, TroubleWords) ? Unclear(words, retryAfter) : new(ReplyKind.Refused) { Error = words, DeniesOrder = true };
    }

    private static ProviderReply Unauthorized(string error)
        => new(ReplyKind.Unauthorized) { Error = error, AheadOfTime = error.Contains("ahead of time", StringComparison.OrdinalIgnoreCase) };

    private static bool Mentions(string text, string[] words)
        => words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string? Clean(string? words)
    {
        if (string.IsNullOrWhiteSpace(words))
        {
            return null;
        }

        var cut = words.Length <= MaxErrorLength ? words : words[..MaxErrorLength] + "…";
        return string.Concat(cut.Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)).Trim();
    }
}
