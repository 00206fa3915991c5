using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Onramp.Testing;

/// <summary>A Key Vault behind the real <see cref="SecretClient"/>: its answers travel through the client's own pipeline.</summary>
internal sealed class FakeVault : HttpMessageHandler
{
    public static readonly Uri Address = new("https://kv-test.vault.azure.net/");

    public Dictionary<string, string> Secrets { get; } = new() { ["onramp-api-key"] = "test_key", ["onramp-api-secret"] = "test_secret" };

    /// <summary>Answers instead of the secrets.</summary>
    public Func<CancellationToken, HttpResponseMessage>? Fault { get; set; }

    public int Reads { get; private set; }

    /// <summary>Fails the sign-in.</summary>
    public Func<CancellationToken, Exception>? SignInFault { get; set; }

    public static HttpResponseMessage Json(int status, string body) => new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>Stands in for network and identity, unless a test has brought its own.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.TryAddSingleton<TokenCredential>(new Identity(this));
        services.TryAddSingleton(new SecretClientOptions { Transport = new HttpClientTransport(this), Retry = { MaxRetries = 0 } });
    }

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
                ? Json(200, $$$"""{"value":"{{{JsonEncodedText.Encode(value)}}}","id":"{{{Address}}}secrets/{{{name}}}/1","attributes":{"enabled":true}}""")
                : Json(404, $$$"""{"error":{"code":"SecretNotFound","message":"A secret with (name/id) {{{name}}} was not found in this key vault."}}"""));
        }
    }

    private sealed class Identity(FakeVault vault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
            // Out of date at once, so that every reading signs in.
            => vault.SignInFault is null ? new("token", DateTimeOffset.UnixEpoch) : throw vault.SignInFault(cancellationToken);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new(GetToken(requestContext, cancellationToken));
    }
}
