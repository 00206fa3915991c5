using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>
/// Invalid answers with status 200, as portals, proxies and broken servers send them in place of Key Vault.
/// </summary>
internal static class NonsenseAnswers
{
    private static readonly (string Type, string Body)[] Kinds =
    [
        (
            "text/html",
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to the network</body></html>"
        ),
        ("application/json", ""),
        ("application/json", """{"value":"nonsense","id":"https://local.vault.azure.net/secr"""),
        ("application/json", """{"value":"nonsense","id":"not a uri","attributes":{"enabled":true}}"""),
        ("application/json", "null"),
        ("application/json", "[]"),
        ("application/json", """{"id":"https://local.vault.azure.net/secrets/onramp-api-key/1"}"""),
        ("application/json", """{"value":42,"id":"https://local.vault.azure.net/secrets/onramp-api-key/1"}"""),
    ];

    /// <summary>A different one each time, in turn.</summary>
    public static HttpResponseMessage Of(int read)
    {
        var (type, body) = Kinds[read % Kinds.Length];
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue(type, "utf-8") },
            },
        };
    }
}
