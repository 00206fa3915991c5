namespace Onramp.Cancellation.Telemetry;

/// <summary>Texts with an optional detail.</summary>
internal static class TextWith
{
    /// <summary>The text, followed by a colon and the detail if there is one.</summary>
    public static string Detail(string text, string? detail) =>
        string.IsNullOrWhiteSpace(detail) ? text : $"{text}: {detail}";
}
