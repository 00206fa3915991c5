namespace OnrampFunctions.Local;

/// <summary>What kinds of fault have in common.</summary>
internal static class FaultTraits
{
    public static bool IsOfProvider(this FaultKind kind) => kind is > FaultKind.None and < FaultKind.Redelivery;

    /// <summary>The answer says clearly that the request will never do.</summary>
    public static bool IsDefiniteRefusal(this FaultKind kind) => kind is FaultKind.StatusZero or (>= FaultKind.Http417 and <= FaultKind.Http428);

    /// <summary>The call takes effect although its answer goes wrong.</summary>
    public static bool TakesEffect(this FaultKind kind) =>
        kind is FaultKind.None or FaultKind.Slow or FaultKind.AnswerLost or FaultKind.CutJson or FaultKind.DataString;

    /// <summary>Kinds whose effect is as good as unknown to the caller, so that by rate they may come after it took place.</summary>
    public static bool MayTakeEffect(this FaultKind kind) =>
        kind is FaultKind.Hang or FaultKind.Reset or FaultKind.Http500 or FaultKind.Html502 or FaultKind.EmptyBody;
}
