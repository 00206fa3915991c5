using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace Onramp.Cancellation.Tests;

/// <summary>A Key Vault behind the real <see cref="SecretClient"/>: its answers travel through the client's own pipeline.</summary>
internal sealed class FakeVault : HttpMessageHandler
{
    public static readonly Uri Address = new("https://kv-test.vault.azure.net/");

    public Dictionary<string, string> Secrets { get; } = new() { ["onramp-api-key"] = "test_key", ["onramp-api-secret"] = "test_secret" };

    /// <summary>Answers instead of the secrets.</summary>
    public Func<CancellationToken, HttpResponseMessage>? Fault { get; set; }

    public int Reads { get; private set; }

    public static HttpResponseMessage Error(HttpStatusCode status, string code, string message) => new(status)
    {
        Content = new StringContent($$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""", Encoding.UTF8, "application/json"),
    };

    public SecretClient CreateClient() => new(Address, new FixedToken(), new SecretClientOptions
    {
        Transport = new HttpClientTransport(this),
        Retry = { MaxRetries = 0 },
    });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is null)
        {
            var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            challenge.Headers.TryAddWithoutValidation(
                "WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.azure.net\"");
            return Task.FromResult(challenge);
        }

        lock (Secrets)
        {
            Reads++;
            if (Fault is not null)
            {
                return Task.FromResult(Fault(cancellationToken));
            }

            var name = request.RequestUri!.Segments[2].Trim('/');
            return Task.FromResult(Secrets.TryGetValue(name, out var value)
                ? new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent($$$"""{"value":"{{{value}}}","id":"{{{Address}}}secrets/{{{name}}}/1","attributes":{"enabled":true}}""", Encoding.UTF8, "application/json"),
                }
                : Error(HttpStatusCode.NotFound, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault."));
        }
    }

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new(GetToken(requestContext, cancellationToken));
    }
}
