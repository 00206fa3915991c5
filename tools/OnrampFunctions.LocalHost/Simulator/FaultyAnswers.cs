using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>The answers of the provider with a fault.</summary>
internal sealed class FaultyAnswers(FaultInjector faults)
{
    private const int Undocumented = -2;

    private static readonly int[] QuotingCodes = [200, 401, 500];

    /// <param name="fault">The fault.</param>
    /// <param name="right">The correct answer.</param>
    /// <param name="headers">The headers of the call.</param>
    /// <param name="order">The order.</param>
    /// <param name="draw">A number between 0 and 1 for each choice.</param>
    public ProviderAnswer Of(
        FaultKind fault,
        ProviderAnswer right,
        SignedHeaders headers,
        SimulatedOrder order,
        Func<string, double> draw
    ) =>
        fault switch
        {
            FaultKind.Http429 => ProviderAnswer.Error(429, "Too many requests"),
            FaultKind.Http429RetryAfter => ProviderAnswer.Error(
                429,
                "Too many requests",
                faults.Settings.RetryAfterSeconds
            ),
            FaultKind.Http500 => ProviderAnswer.Error(500, "Internal Server Error"),
            FaultKind.Http503 => ProviderAnswer.Error(503, "Under maintenance"),
            FaultKind.Html502 => ProviderAnswer.Html(502, "Bad Gateway"),
            FaultKind.Html403 => ProviderAnswer.Html(403, "Forbidden"),
            FaultKind.Html417 => ProviderAnswer.Html(417, "Expectation Failed"),
            FaultKind.CutJson => right with { Body = right.Body[..(right.Body.Length / 2)] },
            FaultKind.EmptyBody => new ProviderAnswer(200, ReadOnlyMemory<byte>.Empty, ContentType: null),
            FaultKind.StatusZero => ProviderAnswer.StatusZero("Cancellation refused"),
            FaultKind.DataString => ProviderAnswer.DataString("Success"),
            FaultKind.Http400 => ProviderAnswer.Error(400, "Invalid request format"),
            FaultKind.Http406 => ProviderAnswer.Error(406, "Coin is not supported"),
            FaultKind.Http409 => ProviderAnswer.Error(409, "Parameter type is wrong"),
            FaultKind.Http413 => ProviderAnswer.Error(413, "Volume is out of bounds"),
            FaultKind.Http416 => ProviderAnswer.Error(416, "Balance is insufficient"),
            FaultKind.Http417 => ProviderAnswer.Error(417, "Order does not exist"),
            FaultKind.Http428 => ProviderAnswer.Error(428, "Price is irregular"),
            FaultKind.RefusedSignature => ProviderAnswer.Error(401, "Invalid signature"),
            FaultKind.Forbidden => ProviderAnswer.Error(403, "Forbidden"),
            FaultKind.AheadOfTime => ProviderAnswer.Error(401, "Ahead of Time"),
            FaultKind.OddWords => ProviderAnswer.RawError(200, code: null, FaultWords.Odd.Pick(draw("words"))),
            FaultKind.Http400Words => ProviderAnswer.RawError(
                draw("code") < 0.5 ? 400 : 200,
                code: 400,
                FaultWords.UnderRefusal.Pick(draw("words"))
            ),
            FaultKind.Quote => ProviderAnswer.Error(
                QuotingCodes.Pick(draw("code")),
                QuotedHeaders.Text(headers, order, draw("quote"), draw("form"))
            ),
            FaultKind.Gzip => right with { Body = Compress(right.Body), ContentEncoding = "gzip" },
            FaultKind.ByteOrderMark => right with { Body = (byte[])[0xEF, 0xBB, 0xBF, .. right.Body.Span] },
            FaultKind.DecimalNumbers => Rewrite(right, static root => WithDecimals(root)),
            FaultKind.OddState => Rewrite(right, static root => WithState(root, Undocumented)),
            _ => right,
        };

    private static ProviderAnswer Rewrite(ProviderAnswer answer, Func<JsonNode?, JsonNode?> change)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            change(JsonNode.Parse(answer.Body.Span))?.WriteTo(json);
        }

        return answer with
        {
            Body = body.ToArray(),
        };
    }

    private static JsonNode? WithDecimals(JsonNode? node) =>
        node switch
        {
            JsonObject members => new JsonObject(
                members.Select(static member => KeyValuePair.Create(member.Key, WithDecimals(member.Value)))
            ),
            JsonValue value when value.TryGetValue(out long whole) => JsonNode.Parse($"{whole}.0"),
            _ => node?.DeepClone(),
        };

    private static JsonNode? WithState(JsonNode? root, int state)
    {
        if (root?["data"] is JsonObject data)
        {
            data["status"] = state;
        }

        return root;
    }

    private static byte[] Compress(ReadOnlyMemory<byte> body)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body.Span);
        }

        return compressed.ToArray();
    }
}
