using System.Text.Json;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// The provider's view of its calls. Keys, payloads and signatures are always shortened, although they are simulated:
/// pages end up in screenshots.
/// </summary>
internal static class CallRows
{
    private const int MaxCalls = 60;
    private const int ShownOfSecrets = 4;

    public static CallsView Of(Recent<SeenCall> calls) =>
        new(calls.Total, [.. calls.After(0, MaxCalls).Reverse().Select(call => Row(call.Number, call.Item))]);

    public static CallRow Row(long number, SeenCall call)
    {
        var end = call.End;
        return new CallRow(
            number,
            call.Operation == ProviderOperation.Cancel ? "cancelOrder" : "getOrder",
            call.OrderId,
            SignedAt(call.Headers.Payload),
            call.ReceivedAt,
            end?.At,
            end?.StatusCode,
            end is null or { Fault: FaultKind.None } ? null : FaultNames.Of(end.Fault),
            new Dictionary<string, string>
            {
                ["Accept"] = OutcomeRows.Cut(call.Accept),
                ["Content-Type"] = OutcomeRows.Cut(call.ContentType),
                ["X-ONRAMP-APIKEY"] = Shorten(call.Headers.ApiKey),
                ["X-ONRAMP-PAYLOAD"] = Shorten(call.Headers.Payload),
                ["X-ONRAMP-SIGNATURE"] = Shorten(call.Headers.Signature),
            }
        );
    }

    /// <summary>The first characters, fewer than half, and the length.</summary>
    private static string Shorten(string secret) =>
        secret.Length == 0 ? "" : $"{secret[..Math.Min(ShownOfSecrets, secret.Length / 3)]}… ({secret.Length})";

    private static DateTimeOffset? SignedAt(string payload)
    {
        var bytes = new byte[payload.Length];
        if (!Convert.TryFromBase64String(payload, bytes, out var length))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("timestamp", out var timestamp)
                && timestamp.ValueKind == JsonValueKind.Number
                && timestamp.TryGetInt64(out var milliseconds)
                && milliseconds is > 0 and < 253_402_300_800_000
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
