using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>
/// Body of <c>PUT /simulator/vault</c>: new API credentials, a new secret of the callers, another state, or several of
/// them.
/// </summary>
internal sealed record VaultRequest
{
    public string? ApiKey { get; set; }

    public string? ApiSecret { get; set; }

    /// <summary>A new version of the secret with which callers sign.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>
    /// A secret whose newest version is disabled, or one of its versions: <c>webhook-shop</c>, <c>onramp-api-key/1</c>.
    /// </summary>
    public string? Disable { get; set; }

    /// <summary>The same for enabling.</summary>
    public string? Enable { get; set; }

    /// <summary>A <see cref="VaultState"/> in lower case; unchanged when absent.</summary>
    public string? State { get; set; }

    /// <summary>Whether the credentials change only in the vault: the provider then refuses them.</summary>
    public bool VaultOnly { get; set; }
}

/// <summary>The state of the vault, without secrets.</summary>
/// <param name="State">Its state.</param>
/// <param name="Version">The version of the API credentials: 1 at the start, one more after every change.</param>
/// <param name="WebhookVersion">The version of the callers' secret.</param>
/// <param name="Reads">The number of reads of the API key or secret.</param>
internal sealed record VaultView(string State, int Version, int WebhookVersion, int Reads);

/// <summary>A token of the managed identity. <c>expires_on</c> is in seconds since 1970, as text.</summary>
internal sealed record IdentityToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_on")] string ExpiresOn,
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("token_type")] string TokenType
);
