using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Says what an HTTP answer of Onramp amounts to. Only what is beyond doubt is a state, a refusal or an unknown order, and only Onramp's own JSON can
/// be that; everything else is unclear, and the canceller asks again. Words decide before a code does.
/// </summary>
internal static class ReplyJudge
{
    // The answer to almost every call.
    private static readonly ProviderReply Cancelled = new(ReplyKind.State) { Status = OrderStatus.Cancelled };

    /// <summary>An answer about an order.</summary>
    /// <inheritdoc cref="Judgement"/>
    public static ProviderReply Order(in OnrampTransport.Answer answer, OrderReference? order, SignedRequest signed)
    {
        var (status, retryAfter) = ((int)answer.Status, answer.RetryAfter);
        if (!ReplyEnvelope.TryRead(answer.Body, out var envelope))
        {
            return status == 429
                ? Throttled("HTTP 429 without an explanation", retryAfter)
                : Down($"HTTP {status} with a body that is not Onramp's JSON", retryAfter);
        }

        // A refusal inside HTTP 200 carries its real code in the envelope.
        var code = status is >= 200 and <= 299 ? envelope.Code ?? status : status;
        if (envelope.Status == 1)
        {
            return code is >= 200 and <= 299 ? State(envelope, order) : Unclear($"code {code} with a body that claims success", retryAfter) with { IsDown = code >= 500 };
        }

        // What it quotes is taken out first: the payload has words of its own.
        var words = ErrorText.Safe(envelope.Error, signed, order);
        var error = words ?? $"HTTP {code} without an explanation";
        return ErrorWords.Sort(words) switch
        {
            WordsAbout.Clock => new(ReplyKind.Unauthorized) { Error = error, IsAboutTime = true },
            WordsAbout.Credentials => new(ReplyKind.Unauthorized) { Error = error },
            WordsAbout.Load => Throttled(error, retryAfter),
            WordsAbout.Trouble => Unclear(error, retryAfter) with { IsDown = code >= 500 },
            WordsAbout.UnknownOrder when IsAboutTheOrder(code, envelope) => new(ReplyKind.NoSuchOrder) { Error = error },
            WordsAbout.Refusal when IsAboutTheOrder(code, envelope) => new(ReplyKind.Refused) { Error = error },
            _ => JudgeCode(code, envelope, error, retryAfter),
        };
    }

    /// <summary>An answer of the clock, which counts only when it says that it succeeded.</summary>
    /// <inheritdoc cref="Judgement"/>
    public static ProviderReply Clock(in OnrampTransport.Answer answer, OrderReference? order, SignedRequest signed)
        => !ReplyEnvelope.TryRead(answer.Body, out var envelope) ? Down("Onramp's clock did not answer")
            : envelope is { Status: 1, Time: { } time } ? new(ReplyKind.State) { ServerTime = time }
            : Unclear("Onramp's clock did not tell the time");

    /// <summary>An answer that is no answer to what was asked, though the provider seems to be up.</summary>
    public static ProviderReply Unclear(string error, TimeSpan? retryAfter = null)
        => new(ReplyKind.Unclear) { Error = error, RetryAfter = retryAfter };

    /// <summary>No answer, a server error, or a page of the provider's proxy: the circuit counts these.</summary>
    public static ProviderReply Down(string error, TimeSpan? retryAfter = null)
        => new(ReplyKind.Unclear) { Error = error, RetryAfter = retryAfter, IsDown = true };

    /// <summary>Onramp's own meanings of codes (its documentation of HTTP codes), where the words say nothing.</summary>
    private static ProviderReply JudgeCode(int code, ReplyEnvelope envelope, string error, TimeSpan? retryAfter) => code switch
    {
        401 or 403 => new(ReplyKind.Unauthorized) { Error = error },
        429 => Throttled(error, retryAfter),
        >= 500 => Down(error, retryAfter),

        // The order does not exist any more, or is already deleted.
        417 when envelope.Status == 0 => new(ReplyKind.NoSuchOrder) { Error = error },

        // Format, coin, a parameter's type, volume, balance, price.
        400 or 406 or 409 or 413 or 416 or 428 when envelope.Status == 0 => new(ReplyKind.Refused) { Error = error },
        _ => Unclear(error, retryAfter),
    };

    /// <summary>Whether words can be the end of a request: said by Onramp itself, and not by a server that has failed.</summary>
    private static bool IsAboutTheOrder(int code, ReplyEnvelope envelope) => envelope.Status == 0 && code is < 500 and not (408 or 425);

    private static ProviderReply Throttled(string error, TimeSpan? retryAfter) => new(ReplyKind.Throttled) { Error = error, RetryAfter = retryAfter };

    private static ProviderReply State(ReplyEnvelope envelope, OrderReference? asked)
    {
        if (envelope.OrderStatus is not { } status || !Enum.IsDefined((OrderStatus)status))
        {
            return Unclear("success without an order status that is documented");
        }

        return asked?.OrderId is not null && envelope.OrderId is not null && envelope.OrderId != asked.OrderId
            ? Unclear("an answer about another order")
            : status == (int)OrderStatus.Cancelled ? Cancelled : new(ReplyKind.State) { Status = (OrderStatus)status };
    }
}
