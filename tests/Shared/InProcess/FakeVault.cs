using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Onramp.Testing;

/// <summary>A fake Key Vault behind the real <see cref="SecretClient"/> and its pipeline.</summary>
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

    /// <summary>The newest value of each secret. Setting one adds a version, as in the portal.</summary>
    public SecretShelf Secrets { get; }

    /// <summary>All versions of each secret, oldest first.</summary>
    public Dictionary<string, List<SecretVersion>> Versions { get; } = [];

    /// <summary>Answers every request instead of returning secrets.</summary>
    public Func<CancellationToken, HttpResponseMessage>? Fault { get; set; }

    public int Reads { get; private set; }

    /// <summary>Answers instead of returning one secret.</summary>
    public Dictionary<string, Func<HttpResponseMessage>> Faults { get; } = [];

    /// <summary>Whether the client can reuse a token. Otherwise every read signs in.</summary>
    public bool TokensLast { get; set; }

    /// <summary>The number of sign-ins, from the first, whose tokens are rejected.</summary>
    public int RevokedSignIns { get; set; }

    public int SignIns { get; private set; }

    /// <summary>Fails the sign-in.</summary>
    public Func<CancellationToken, Exception>? SignInFault { get; set; }

    public static HttpResponseMessage Json(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>Replaces network and identity unless the test has its own.</summary>
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

    /// <summary>Returns pages of 25 in arbitrary order, as Key Vault does.</summary>
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
/// <param name="Value">The value.</param>
/// <param name="Created">When it was created, in seconds since 1970.</param>
/// <param name="IsEnabled">Whether it may be read.</param>
/// <param name="Expires">When it expires, in seconds since 1970, or null.</param>
/// <param name="NotBefore">When it becomes valid, in seconds since 1970, or null.</param>
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

/// <summary>The newest values by secret name.</summary>
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

            // Storing the same value again makes no difference to a test.
            if (all is not [.., { IsEnabled: true } newest] || newest.Value != value)
            {
                all.Add(new SecretVersion(value, ++_created));
            }
        }
    }

    public void Remove(string name) => versions.Remove(name);
}
