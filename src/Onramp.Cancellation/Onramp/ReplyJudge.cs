using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Determines what an HTTP answer from Onramp means. Only an unambiguous answer in Onramp's own JSON is a state, a
/// refusal or an unknown order. Everything else is unclear, and the canceller asks again. Words take precedence over a
/// code.
/// </summary>
internal static class ReplyJudge
{
    // The answer to almost every call.
    private static readonly ProviderReply Cancelled = new(ReplyKind.State) { Status = OrderStatus.Cancelled };

    /// <summary>Judges an answer about an order.</summary>
    /// <inheritdoc cref="Judgement"/>
    public static ProviderReply Order(ProviderAnswer answer, OrderReference? order, SignedRequest signed)
    {
        var (status, retryAfter) = ((int)answer.Status, answer.RetryAfter);
        if (!ReplyEnvelope.TryRead(answer.Body, out var envelope))
        {
            return status == 429
                ? Throttled("HTTP 429 without an explanation", retryAfter)
                : Down($"HTTP {status} with a body that is not Onramp's JSON", retryAfter);
        }

        if (envelope.Status == 1)
        {
            return Success(envelope, IsSuccess(status) ? envelope.Code ?? status : status, order, retryAfter);
        }

        var reply = Failure(answer, envelope, order, signed);
        return IsFinal(reply) && IsAboutAnother(envelope, order) ? Unclear("an answer about another order") : reply;
    }

    /// <summary>Judges an answer of the clock, which only counts when it reports success.</summary>
    /// <inheritdoc cref="Judgement"/>
    public static ProviderReply Clock(ProviderAnswer answer, OrderReference? order, SignedRequest signed)
    {
        if (!ReplyEnvelope.TryRead(answer.Body, out var envelope))
        {
            return Down("Onramp's clock did not answer");
        }

        return envelope is { Status: 1, Time: { } time }
            ? new(ReplyKind.State) { ServerTime = time }
            : Unclear("Onramp's clock did not return the time");
    }

    /// <summary>An answer that does not answer the question, although the provider seems to be up.</summary>
    public static ProviderReply Unclear(string error, TimeSpan? retryAfter = null) =>
        new(ReplyKind.Unclear) { Error = error, RetryAfter = retryAfter };

    /// <summary>
    /// No answer, a server error, or a page of the provider's proxy. The circuit breaker counts these.
    /// </summary>
    public static ProviderReply Down(string error, TimeSpan? retryAfter = null) =>
        new(ReplyKind.Unclear)
        {
            Error = error,
            RetryAfter = retryAfter,
            IsDown = true,
        };

    /// <summary>The circuit is open: the provider is down, which is not the same as too many requests.</summary>
    public static ProviderReply NotCalled(TimeSpan? retryAfter) =>
        Unclear("calls to Onramp are suspended because too many have failed", retryAfter) with
        {
            IsCircuitOpen = true,
        };

    /// <summary>Our own limit of calls a second left no permit in time: the call was not made.</summary>
    public static ProviderReply OverBudget(string error, TimeSpan retryAfter) =>
        Throttled(error, retryAfter) with
        {
            IsOverBudget = true,
        };

    private static ProviderReply Success(
        in ReplyEnvelope envelope,
        int code,
        OrderReference? order,
        TimeSpan? retryAfter
    )
    {
        if (!IsSuccess(code))
        {
            return Unclear($"code {code} with a body that claims success", retryAfter) with { IsDown = code >= 500 };
        }

        return envelope.Error is { } words && ErrorWords.Sort(words) != WordsAbout.Unknown
            ? Unclear("a response that claims success but contains an error", retryAfter)
            : State(envelope, order);
    }

    /// <summary>
    /// A known retryable error message counts anywhere in the body. A message about the order is final only in the
    /// documented error field; elsewhere it can only confirm the codes. Codes are final only if all of them agree and
    /// the body contains no unlisted messages.
    /// </summary>
    private static ProviderReply Failure(
        ProviderAnswer answer,
        in ReplyEnvelope envelope,
        OrderReference? order,
        SignedRequest signed
    )
    {
        var (http, retryAfter) = ((int)answer.Status, answer.RetryAfter);
        var (texts, inside) = ReplyEnvelope.ReadAll(answer.Body);

        // Quoted secrets are removed before the words are classified, because the payload contains words too.
        var documented = ErrorText.WithoutQuotes(envelope.Error, signed, order);
        List<string> elsewhere =
        [
            .. texts
                .Select(text => ErrorText.WithoutQuotes(text, signed, order) ?? "")
                .Where(text => text != documented && ErrorText.HasWords(text)),
        ];
        var (about, aboutElsewhere) = (ErrorWords.Sort(documented), elsewhere.ConvertAll(ErrorWords.Sort));

        // A refusal inside HTTP 200 carries its real code in the envelope.
        List<int> codes = IsSuccess(http) ? [.. inside] : [http, .. inside];
        if (codes.Count == 0)
        {
            codes.Add(envelope.Code ?? http);
        }

        var words = documented ?? (elsewhere.Count > 0 ? string.Join("; ", elsewhere) : null);
        var error = words is null ? $"HTTP {codes[0]} without an explanation" : ErrorText.Cut(words);
        var byCodes = JudgeCodes(codes, envelope, error, retryAfter);
        switch (
            aboutElsewhere
                .Append(about)
                .Where(static one => one != WordsAbout.Unknown && !one.IsAboutTheOrder())
                .Order()
                .FirstOrDefault()
        )
        {
            case WordsAbout.Clock:
                return new(ReplyKind.Unauthorized) { Error = error, IsAboutTime = true };
            case WordsAbout.Credentials:
                return new(ReplyKind.Unauthorized) { Error = error };
            case WordsAbout.Load:
                return Throttled(error, retryAfter);
            case WordsAbout.Trouble:
                return Unclear(error, retryAfter) with { IsDown = codes.Exists(static code => code >= 500) };
        }

        if (about.IsAboutTheOrder())
        {
            return CanBeAboutTheOrder(codes, envelope) ? AboutTheOrder(about, error) : byCodes with { Error = error };
        }

        if (!IsFinal(byCodes) || (elsewhere.Count == 0 && retryAfter is null))
        {
            return byCodes;
        }

        return
            elsewhere.Count > 0
            && aboutElsewhere[0].IsAboutTheOrder()
            && aboutElsewhere.TrueForAll(one => one == aboutElsewhere[0])
            ? AboutTheOrder(aboutElsewhere[0], error)
            : Unclear(error, retryAfter);
    }

    private static ProviderReply AboutTheOrder(WordsAbout about, string error) =>
        new(about == WordsAbout.UnknownOrder ? ReplyKind.NoSuchOrder : ReplyKind.Refused) { Error = error };

    /// <summary>
    /// Combines codes: any of them can be a reason to retry; for a final outcome all of them must agree.
    /// </summary>
    private static ProviderReply JudgeCodes(List<int> codes, ReplyEnvelope envelope, string error, TimeSpan? retryAfter)
    {
        var replies = codes.ConvertAll(code => JudgeCode(code, envelope, error, retryAfter));
        return replies.Find(static reply => reply.IsDown)
            ?? replies.Find(static reply => reply.Kind is ReplyKind.Throttled or ReplyKind.Unauthorized)
            ?? (replies.TrueForAll(reply => reply.Kind == replies[0].Kind) ? replies[0] : Unclear(error, retryAfter));
    }

    /// <summary>
    /// Interprets a code as Onramp documents it (HTTP codes), for answers without a known error message.
    /// </summary>
    private static ProviderReply JudgeCode(int code, ReplyEnvelope envelope, string error, TimeSpan? retryAfter) =>
        code switch
        {
            401 or 403 => new(ReplyKind.Unauthorized) { Error = error },
            429 => Throttled(error, retryAfter),
            >= 500 => Down(error, retryAfter),

            // The order no longer exists, or is already deleted.
            417 when envelope.Status == 0 => new(ReplyKind.NoSuchOrder) { Error = error },

            // Format, coin, type of a parameter, volume, balance, price.
            400 or 406 or 409 or 413 or 416 or 428 when envelope.Status == 0 => new(ReplyKind.Refused)
            {
                Error = error,
            },
            _ => Unclear(error, retryAfter),
        };

    private static bool IsSuccess(int code) => code is >= 200 and <= 299;

    private static bool IsFinal(ProviderReply reply) => reply.Kind is ReplyKind.NoSuchOrder or ReplyKind.Refused;

    /// <summary>
    /// Whether words can make an outcome final: they come from Onramp itself, and no code contradicts them.
    /// </summary>
    private static bool CanBeAboutTheOrder(List<int> codes, ReplyEnvelope envelope) =>
        envelope.Status == 0
        && codes.TrueForAll(static code => code is < 500 and not (401 or 403 or 408 or 425 or 429));

    private static ProviderReply Throttled(string error, TimeSpan? retryAfter) =>
        new(ReplyKind.Throttled) { Error = error, RetryAfter = retryAfter };

    private static bool IsAboutAnother(in ReplyEnvelope envelope, OrderReference? asked) =>
        asked?.OrderId is not null && envelope.OrderId is not null && envelope.OrderId != asked.OrderId;

    private static ProviderReply State(in ReplyEnvelope envelope, OrderReference? asked)
    {
        if (envelope.OrderStatus is not { } status || !Enum.IsDefined((OrderStatus)status))
        {
            return Unclear("success without a documented order status");
        }

        if (IsAboutAnother(envelope, asked))
        {
            return Unclear("an answer about another order");
        }

        var orderId = asked?.Hash is not null && OrderReference.IsOrderId(envelope.OrderId) ? envelope.OrderId : null;
        return orderId is null && envelope.EndTime is null && status == (int)OrderStatus.Cancelled
            ? Cancelled
            : new(ReplyKind.State)
            {
                Status = (OrderStatus)status,
                OrderId = orderId,
                EndTime = envelope.EndTime,
            };
    }
}
