using System.Security.Cryptography;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Handmade calls of the simulated provider that the service did not sign.</summary>
internal static class SignedCalls
{
    public const string CancelOrder = "/onramp-merchants/widget/cancelOrder";
    public const string GetOrder = "/onramp-merchants/widget/getOrder";

    /// <summary>A payload for order 1443.</summary>
    public const string Payload = "eyJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDAsImJvZHkiOnsib3JkZXJJZCI6IjE0NDMifX0=";

    /// <summary>Its signature: <c>printf %s PAYLOAD | openssl dgst -sha512 -hmac test_secret</c>.</summary>
    public const string Signature =
        "d323ed077a95de5b4d1335084c298712bf7c695ff2661b4110657b38016e6f1daf9626a7bd4a617921e77a7dccf61252c36220028224346a37818c0552c4a475";

    /// <summary>Calls with a correct signature.</summary>
    public static Task<Answer> CallAsync(RunningHost host, string path, string body, string payloadJson)
    {
        var payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(payloadJson));
        return CallAsync(
            host,
            path,
            body,
            payload,
            Convert.ToHexStringLower(HMACSHA512.HashData("test_secret"u8, Encoding.ASCII.GetBytes(payload)))
        );
    }

    /// <summary>Calls with any header changed or omitted.</summary>
    public static async Task<Answer> CallAsync(
        RunningHost host,
        string path,
        string body,
        string payload,
        string signature,
        (string Name, string? Value) change = default
    )
    {
        Dictionary<string, string?> headers = new()
        {
            ["Accept"] = "application/json",
            ["Content-Type"] = "application/json;charset=UTF-8",
            ["X-ONRAMP-APIKEY"] = "test_key",
            ["X-ONRAMP-PAYLOAD"] = payload,
            ["X-ONRAMP-SIGNATURE"] = signature,
        };
        if (change.Name is not null)
        {
            headers[change.Name] = change.Value;
        }

        using var request = RunningHost.Request(
            HttpMethod.Post,
            path,
            body,
            [.. headers.Where(header => header.Value is not null).Select(header => (header.Key, header.Value!))]
        );
        return await host.SendAsync(request);
    }
}
