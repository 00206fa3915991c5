using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// The Key Vault client. It makes one attempt; <see cref="VaultReader"/> retries by the service's clock.
/// </summary>
internal sealed class KeyVaultClient
{
    private readonly Uri _vault;
    private readonly TokenCredential _credential;
    private readonly SecretClientOptions _options;
    private volatile SecretClient _client;

    public KeyVaultClient(KeyVaultOptions options, TokenCredential credential, SecretClientOptions client)
    {
        (_vault, _credential, _options) = (options.VaultUri!, credential, client);
        _options.Retry.MaxRetries = 0;
        _client = Create(isRenewal: false);
    }

    /// <summary>How long one request to the vault may take.</summary>
    public static SecretClientOptions DefaultOptions => new() { Retry = { NetworkTimeout = TimeSpan.FromSeconds(5) } };

    public Uri Vault => _vault;

    public SecretClient Client => _client;

    /// <summary>
    /// Replaces a client whose cached token the vault refused. The SDK would send that token until it expires
    /// (Azure/azure-sdk-for-net#54231).
    /// </summary>
    public void Renew(SecretClient refused) =>
        Interlocked.CompareExchange(ref _client, Create(isRenewal: true), refused);

    private SecretClient Create(bool isRenewal) =>
        new(_vault, new SignInCredential(_credential, isRenewal && _credential is ManagedIdentityCredential), _options);
}
