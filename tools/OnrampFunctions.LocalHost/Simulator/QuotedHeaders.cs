using System.Text;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>
/// Error texts that quote what the provider was sent (<see cref="FaultKind.Quote"/>): which must not appear in a log.
/// </summary>
internal static class QuotedHeaders
{
    // The length to which the service shortens texts.
    private const int Cut = 300;
    private const string Filler = "so it goes, ";

    private static readonly Func<string, string>[] Forms =
    [
        static quote => quote,
        static quote => quote.ToUpperInvariant(),
        static quote => quote[..(quote.Length / 2)] + "\r\n" + quote[(quote.Length / 2)..],
        static quote => string.Join('\n', quote.Chunk(8).Select(static part => new string(part))),
        static quote => string.Join(" \t ", quote.Chunk(16).Select(static part => new string(part))),
        static quote => $"{quote}, again {quote}",
        static quote => string.Concat(Enumerable.Repeat(Filler, Cut / Filler.Length)) + quote,
        static quote =>
            string.Concat(Enumerable.Repeat(Filler, Math.Max(1, (Cut - (quote.Length / 2)) / Filler.Length))) + quote,
    ];

    /// <summary>A text, by two draws between 0 and 1: what is quoted, and how.</summary>
    public static string Text(SignedHeaders headers, SimulatedOrder order, double quote, double form)
    {
        string[] quotes =
        [
            headers.ApiKey,
            headers.Signature,
            headers.Payload,
            Decode(headers.Payload),
            order.Hash ?? headers.Payload,
        ];
        return $"Cannot do this for {Forms.Pick(form)(quotes.Pick(quote))} now";
    }

    private static string Decode(string payload)
    {
        var bytes = new byte[payload.Length];
        return Convert.TryFromBase64String(payload, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : payload;
    }
}
