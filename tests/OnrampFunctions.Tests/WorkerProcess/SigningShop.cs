using StandardWebhooks;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// A caller of the shared worker who signs with the library of the authors of the specification.
/// </summary>
public static class SigningShop
{
    public const string Secret = "whsec_c2VjcmV0IG9mIHRoZSBzaG9wIGF0IHRoZSB3b3JrZXI=";
    public const string OtherSecret = "whsec_c2VjcmV0IG9mIHNvbWVib2R5IGVsc2UgZW50aXJlbHk=";

    /// <summary>The settings of a worker that knows the caller.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>
        {
            ["Callers__Signatures"] = "accept",
            ["Callers__Names__0"] = "shop",

            // Some tests send only wrong signatures. They must not wait for each other.
            ["KeyVault__ReloadCooldown"] = "00:00:00",
        };

    public static SignedRequest Sign(string secret, string id, long timestamp, string body) =>
        new(
            id,
            timestamp,
            body,
            new StandardWebhook(secret).Sign(id, DateTimeOffset.FromUnixTimeSeconds(timestamp), body)
        );
}

/// <summary>A signed request.</summary>
public sealed record SignedRequest(string Id, long Timestamp, string Body, string Signature)
{
    public IReadOnlyDictionary<string, string> Headers =>
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["webhook-id"] = Id,
            ["webhook-timestamp"] = $"{Timestamp}",
            ["webhook-signature"] = Signature,
        };
}
