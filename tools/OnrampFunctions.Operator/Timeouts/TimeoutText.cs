using Onramp.Cancellation.Timeouts;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>Timeouts in words.</summary>
internal static class TimeoutText
{
    /// <summary>The order's id; its hash is not stored.</summary>
    public static string Order(TimeoutRow timeout) => TerminalText.Of(timeout.OrderId ?? "(by hash)");

    /// <summary>The caller, for sentences.</summary>
    public static string Caller(TimeoutRow timeout) =>
        timeout.Caller is { } caller ? TerminalText.Of(caller) : "the unnamed caller";
}
