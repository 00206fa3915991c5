using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Onramp.Testing;

/// <summary>
/// A Key Vault behind the real <see cref="SecretClient"/>: its answers travel through the client's own pipeline.
/// </summary>
internal sealed class FakeVault : HttpMessageHandler
{
    public static readonly Uri Address = new("https://kv-test.vault.azure.net/");

    /// <summary>The key that authenticates messages: the bytes 1 to 32.</summary>
    public const string QueueKey = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    public FakeVault() =>
        Secrets = new SecretShelf(Versions)
        {
            ["onramp-api-key"] = "test_key",
            ["onramp-api-secret"] = "test_secret",
            ["queue-authentication-key"] = QueueKey,
        };

    /// <summary>The newest value of each secret; setting one adds a version, as in the portal.</summary>
    public SecretShelf Secrets { get; }

    /// <summary>All versions of each secret, the oldest first.</summary>
    public Dictionary<string, List<SecretVersion>> Versions { get; } = [];

    /// <summary>Answers instead of the secrets.</summary>
    public Func<CancellationToken, HttpResponseMessage>? Fault { get; set; }

    public int Reads { get; private set; }

    /// <summary>Answers instead of one secret.</summary>
    public Dictionary<string, Func<HttpResponseMessage>> Faults { get; } = [];

    /// <summary>Whether tokens last, so that the client uses one again; otherwise every reading signs in.</summary>
    public bool TokensLast { get; set; }

    /// <summary>Refuses the tokens of the first sign-ins: as many as this.</summary>
    public int RevokedSignIns { get; set; }

    public int SignIns { get; private set; }

    /// <summary>Fails the sign-in.</summary>
    public Func<CancellationToken, Exception>? SignInFault { get; set; }

    public static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>Stands in for network and identity, unless a test has brought its own.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.TryAddSingleton<TokenCredential>(new Identity(this));
        services.TryAddSingleton(new SecretClientOptions { Transport = new HttpClientTransport(this) });
    }

    /// <summary>Disables, or enables again, the newest version of a secret.</summary>
    public void Enable(string name, bool isEnabled) => Change(name, version => version with { IsEnabled = isEnabled });

    /// <summary>Changes the newest version of a secret.</summary>
    public void Change(string name, Func<SecretVersion, SecretVersion> change)
    {
        lock (Secrets)
        {
            var versions = Versions[name];
            var newest = versions.IndexOf(versions.MaxBy(static version => version.Created)!);
            versions[newest] = change(versions[newest]);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (request.Headers.Authorization?.Parameter is not { } token || RevokedTokens.Contains(token))
        {
            var challenge = Json(
                401,
                """{"error":{"code":"Unauthorized","message":"AKV10000: Request is missing a Bearer or PoP token."}}"""
            );
            challenge.Headers.TryAddWithoutValidation(
                "WWW-Authenticate",
                "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.azure.net\""
            );
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
            return Task.FromResult(
                Faults.TryGetValue(name, out var fault) ? fault() : Answer(request.RequestUri, name)
            );
        }
    }

    private IEnumerable<string> RevokedTokens =>
        Enumerable.Range(1, RevokedSignIns).Select(static number => $"token-{number}");

    private HttpResponseMessage Answer(Uri address, string name)
    {
        var versions = Versions.GetValueOrDefault(name, []);
        var asked = address.Segments.ElementAtOrDefault(3)?.Trim('/') ?? "";
        if (asked == "versions")
        {
            return List(
                name,
                versions,
                int.TryParse(address.Query.Split("skip=").ElementAtOrDefault(1)?.Split('&')[0], out var skip) ? skip : 0
            );
        }

        var version =
            asked.Length == 0
                ? versions.MaxBy(static version => version.Created)
                : versions.ElementAtOrDefault(int.Parse(asked, null));
        return version switch
        {
            null => Json(
                404,
                $$$"""{"error":{"code":"SecretNotFound","message":"A secret with (name/id) {{{name}}} was not found in this key vault."}}"""
            ),
            { IsEnabled: false } => Json(
                403,
                """{"error":{"code":"Forbidden","message":"Operation get is not allowed on a disabled secret.","innererror":{"code":"SecretDisabled"}}}"""
            ),
            _ => Json(
                200,
                $$"""{"value":"{{JsonEncodedText.Encode(version.Value)}}","id":"{{Address}}secrets/{{name}}/{{versions.IndexOf(version)}}",{{version.Attributes}}}"""
            ),
        };
    }

    /// <summary>25 at once, in an order that says nothing, as Key Vault does.</summary>
    private static HttpResponseMessage List(string name, List<SecretVersion> versions, int skip)
    {
        const int pageSize = 25;
        var page = versions
            .Skip(skip)
            .Take(pageSize)
            .Select(
                (version, index) => $$"""{"id":"{{Address}}secrets/{{name}}/{{skip + index}}",{{version.Attributes}}}"""
            );
        var next =
            skip + pageSize < versions.Count
                ? $"\"{Address}secrets/{name}/versions?api-version=7.6&skip={skip + pageSize}\""
                : "null";
        return Json(200, $$"""{"value":[{{string.Join(',', page)}}],"nextLink":{{next}}}""");
    }

    private sealed class Identity(FakeVault vault) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            vault.SignIns++;
            return vault.SignInFault is null
                ? new($"token-{vault.SignIns}", vault.TokensLast ? DateTimeOffset.MaxValue : DateTimeOffset.UnixEpoch)
                : throw vault.SignInFault(cancellationToken);
        }

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken
        ) => new(GetToken(requestContext, cancellationToken));
    }
}

/// <summary>One version of a secret.</summary>
/// <param name="Value">What it holds.</param>
/// <param name="Created">When it was set, in seconds since 1970.</param>
/// <param name="IsEnabled">Whether it may be read.</param>
/// <param name="Expires">From when on it is not in force any more, in seconds since 1970; null for never.</param>
/// <param name="NotBefore">From when on it is in force, in seconds since 1970; null for always.</param>
internal sealed record SecretVersion(
    string Value,
    long Created,
    bool IsEnabled = true,
    long? Expires = null,
    long? NotBefore = null
)
{
    public string Attributes =>
        $$"""
            "attributes":{"enabled":{{(IsEnabled ? "true" : "false")}},"created":{{Created}}{{Seconds(
                "exp",
                Expires
            )}}{{Seconds("nbf", NotBefore)}}}
            """;

    private static string Seconds(string name, long? seconds) => seconds is null ? "" : $",\"{name}\":{seconds}";
}

/// <summary>The secrets by their newest values.</summary>
internal sealed class SecretShelf(Dictionary<string, List<SecretVersion>> versions)
{
    private long _created = 1_600_000_000;

    public string this[string name]
    {
        get => versions[name][^1].Value;
        set
        {
            if (!versions.TryGetValue(name, out var all))
            {
                versions[name] = all = [];
            }

            // Storing the same value again changes nothing that a test asks for.
            if (all is not [.., { IsEnabled: true } newest] || newest.Value != value)
            {
                all.Add(new SecretVersion(value, ++_created));
            }
        }
    }

    public void Remove(string name) => versions.Remove(name);
}
