using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>
/// Body of <c>PUT /simulator/vault</c>: a new pair, a new secret of the callers, another state, or several of them.
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

    /// <summary>The same, enabled again.</summary>
    public string? Enable { get; set; }

    /// <summary>A <see cref="VaultState"/> in lower case; left as it is when absent.</summary>
    public string? State { get; set; }

    /// <summary>True changes the pair in the vault and not at the provider, which then refuses the service.</summary>
    public bool VaultOnly { get; set; }
}

/// <summary>What the simulator says of the vault: never a secret.</summary>
/// <param name="State">How it behaves.</param>
/// <param name="Version">Of the pair: 1 at the start, one more after every change.</param>
/// <param name="WebhookVersion">The same of the callers' secret.</param>
/// <param name="Reads">How often one of the pair was asked for.</param>
internal sealed record VaultView(string State, int Version, int WebhookVersion, int Reads);

/// <summary>A token of the managed identity. <c>expires_on</c> is in seconds since 1970, as text.</summary>
internal sealed record IdentityToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_on")] string ExpiresOn,
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("token_type")] string TokenType
);
