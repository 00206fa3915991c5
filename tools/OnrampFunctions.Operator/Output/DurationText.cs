using System.Globalization;

namespace OnrampFunctions.Operator.Output;

/// <summary>Reads and formats durations on the command line.</summary>
internal static class DurationText
{
    public const string Form = "a number with s, m, h or d, for example 30m";

    /// <summary>Reads <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>7d</c>.</summary>
    public static bool TryRead(string text, out TimeSpan duration)
    {
        duration = default;
        if (
            text.Length < 2
            || !int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > 100_000
        )
        {
            return false;
        }

        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        duration = count * unit.GetValueOrDefault();
        return unit is not null;
    }

    /// <summary>Reads an option; returns null if it is not set.</summary>
    /// <exception cref="OperatorException">The value is not a duration.</exception>
    public static TimeSpan? Read(string option, string? text) =>
        text switch
        {
            null => null,
            _ when TryRead(text, out var duration) => duration,
            _ => throw OperatorException.Usage($"{option} must be {Form}."),
        };

    /// <summary>Formats a duration with one or two units: <c>3 d 4 h</c>, <c>12 min</c>, <c>40 s</c>.</summary>
    public static string Of(TimeSpan duration) =>
        duration switch
        {
            { TotalDays: >= 1 } => $"{(int)duration.TotalDays} d {duration.Hours} h",
            { TotalHours: >= 1 } => $"{(int)duration.TotalHours} h {duration.Minutes} min",
            { TotalMinutes: >= 1 } => $"{(int)duration.TotalMinutes} min",
            _ => $"{Math.Max(0, (int)duration.TotalSeconds)} s",
        };
}
