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

    /// <summary>Secrets of which several versions count, the oldest first.</summary>
    public Dictionary<string, List<SecretVersion>> Versions { get; } = [];

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
            if (Versions.TryGetValue(name, out var versions))
            {
                return Task.FromResult(request.RequestUri.Segments[3] == "versions"
                    ? Json(200, $$"""{"value":[{{string.Join(',', versions.Select((version, index) => $$"""{"id":"{{Address}}secrets/{{name}}/{{index}}",{{version.Attributes}}}"""))}}]}""")
                    : Bundle(name, versions[int.Parse(request.RequestUri.Segments[3], null)]));
            }

            return Task.FromResult(Secrets.TryGetValue(name, out var value)
                ? Json(200, $$$"""{"value":"{{{JsonEncodedText.Encode(value)}}}","id":"{{{Address}}}secrets/{{{name}}}/1","attributes":{"enabled":true}}""")
                : Json(404, $$$"""{"error":{"code":"SecretNotFound","message":"A secret with (name/id) {{{name}}} was not found in this key vault."}}"""));
        }
    }

    private static HttpResponseMessage Bundle(string name, SecretVersion version)
        => Json(200, $$"""{"value":"{{JsonEncodedText.Encode(version.Value)}}","id":"{{Address}}secrets/{{name}}/1",{{version.Attributes}}}""");

    private sealed class Identity(FakeVault vault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
            // Out of date at once, so that every reading signs in.
            => vault.SignInFault is null ? new("token", DateTimeOffset.UnixEpoch) : throw vault.SignInFault(cancellationToken);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => new(GetToken(requestContext, cancellationToken));
    }
}

/// <summary>One version of a secret.</summary>
/// <param name="Value">What it holds.</param>
/// <param name="Created">When it was set, in seconds since 1970.</param>
/// <param name="IsEnabled">Whether it may be read.</param>
/// <param name="Expires">From when on it is out of force, in seconds since 1970; null for never.</param>
internal sealed record SecretVersion(string Value, long Created, bool IsEnabled = true, long? Expires = null)
{
    public string Attributes => $$"""
        "attributes":{"enabled":{{(IsEnabled ? "true" : "false")}},"created":{{Created}}{{(Expires is null ? "" : $",\"exp\":{Expires}")}}}
        """;
}
