using System.Text;
using StandardWebhooks;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// A caller that signs with the library of the specification's authors instead of the code under test.
/// </summary>
internal static class SigningShop
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string OtherSecret = "whsec_bmV3ZXIgc2VjcmV0IG9mIHRoZSBzaG9wLg==";
    public const string ThirdSecret = "whsec_c2VjcmV0IG9mIHNvbWVib2R5IGVsc2UgZW50aXJlbHk=";
    public const string Body = """{"orderId":"1443"}""";

    /// <summary>The settings that make a service know this caller.</summary>
    public static (string, string)[] Settings(string mode = "accept") =>
        [("Callers__Signatures", mode), ("Callers__Names__0", "shop"), ("Onramp__MaxRetries", "0")];

    public static string Sign(string secret, string id, DateTimeOffset at, string body) =>
        new StandardWebhook(secret).Sign(id, at, body);

    /// <summary>A request signed now.</summary>
    public static ContractRequest Request(
        Service service,
        string body = Body,
        string id = "msg-1",
        string? secret = null
    )
    {
        var now = service.Time.GetUtcNow();
        return new ContractRequest
        {
            Body = Encoding.UTF8.GetBytes(body),
            Headers =
            [
                ("webhook-id", id),
                (
                    "webhook-timestamp",
                    now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)
                ),
                ("webhook-signature", Sign(secret ?? Secret, id, now, body)),
            ],
        };
    }

    /// <summary>The request with one header changed. null removes the header.</summary>
    public static ContractRequest With(this ContractRequest request, string name, Func<string, string?> change) =>
        request with
        {
            Headers =
            [
                .. request
                    .Headers.Select(header => header.Name == name ? (name, Value: change(header.Value)!) : header)
                    .Where(static header => header.Item2 is not null),
            ],
        };
}
