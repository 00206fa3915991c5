namespace Onramp.Cancellation.Telemetry;

/// <summary>Received text, made safe for one line of a log.</summary>
public static class LogText
{
    private const int MaxLength = 255;

    public static string Of(string text)
    {
        var isPlain = text.Length <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
        return isPlain
            ? text
            : string.Concat(text.Take(MaxLength).Select(static c => c is >= ' ' and <= '~' ? c : '?'));
    }
}
