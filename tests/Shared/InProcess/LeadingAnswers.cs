namespace Onramp.Testing;

/// <summary>Answers of the provider that lead to a certain outcome.</summary>
internal static class LeadingAnswers
{
    public static ScriptedProvider LeadTo(this ScriptedProvider provider, OutcomeKind kind)
    {
        provider.Otherwise = kind switch
        {
            OutcomeKind.Cancelled => Answers.Cancelled,
            OutcomeKind.NotCancellable => Answers.Order(1),
            OutcomeKind.NotFound => Answers.UnknownOrder,
            OutcomeKind.Rejected => static (call, time, token) =>
                (call.Operation == "getOrder" ? Answers.Order(0) : Answers.Error(400, "no"))(call, time, token),
            OutcomeKind.Credentials => Answers.BadSignature,
            OutcomeKind.Throttled => Answers.WithRetryAfter(Answers.TooMany, "3600"),
            OutcomeKind.Unavailable => Answers.HtmlPage,
        };
        return provider;
    }
}
