namespace OnrampFunctions.LocalHost.Faults;

/// <summary>What kinds of fault have in common.</summary>
internal static class FaultTraits
{
    public static bool IsOfProvider(this FaultKind kind) => kind is > FaultKind.None and < FaultKind.Redelivery;

    /// <summary>The answer says that there is no such order.</summary>
    public static bool DeniesOrder(this FaultKind kind) => kind is FaultKind.Http417;

    /// <summary>The call takes effect although its answer goes wrong, or only looks odd.</summary>
    public static bool TakesEffect(this FaultKind kind) =>
        kind
            is FaultKind.None
                or FaultKind.Slow
                or FaultKind.AnswerLost
                or FaultKind.CutJson
                or FaultKind.DataString
                or (>= FaultKind.Gzip and <= FaultKind.OddState);

    /// <summary>The caller never gets an answer.</summary>
    public static bool HasNoAnswer(this FaultKind kind) =>
        kind is FaultKind.Hang or FaultKind.Reset or FaultKind.AnswerLost;

    /// <summary>
    /// Kinds whose effect is as good as unknown to the caller, so that by rate they may come after it took place.
    /// </summary>
    public static bool MayTakeEffect(this FaultKind kind) =>
        kind
            is FaultKind.Hang
                or FaultKind.Reset
                or FaultKind.Http500
                or FaultKind.EmptyBody
                or FaultKind.OddWords
                or FaultKind.Quote
                or FaultKind.Html502
                or FaultKind.Html403
                or FaultKind.Html417;
}
