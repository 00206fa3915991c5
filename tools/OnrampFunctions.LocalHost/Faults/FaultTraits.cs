namespace OnrampFunctions.LocalHost.Faults;

/// <summary>The traits of fault kinds.</summary>
internal static class FaultTraits
{
    public static bool IsOfProvider(this FaultKind kind) => kind is > FaultKind.None and < FaultKind.Redelivery;

    public static bool IsOfTables(this FaultKind kind) => kind >= FaultKind.TablesRefused;

    /// <summary>The answer denies that the order exists.</summary>
    public static bool DeniesOrder(this FaultKind kind) => kind is FaultKind.Http417;

    /// <summary>The call takes effect although its answer is wrong or unusual.</summary>
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

    /// <summary>Kinds that leave the caller in doubt about the effect: by rate, they may follow it.</summary>
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
