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
    private volatile SignInCredential _signIn;

    public KeyVaultClient(KeyVaultOptions options, TokenCredential credential, SecretClientOptions client)
    {
        (_vault, _credential, _options) = (options.VaultUri!, credential, client);
        _options.Retry.MaxRetries = 0;
        _signIn = SignIn(isRenewal: false);
        _client = Create(_signIn);
    }

    /// <summary>How long one request to the vault may take.</summary>
    public static SecretClientOptions DefaultOptions => new() { Retry = { NetworkTimeout = TimeSpan.FromSeconds(5) } };

    public Uri Vault => _vault;

    public SecretClient Client => _client;

    /// <summary>Whether a sign-in has begun that has not succeeded.</summary>
    public bool IsSigningIn => _signIn.IsSigningIn;

    /// <summary>
    /// Replaces a client whose cached token the vault refused. The SDK would send that token until it expires
    /// (Azure/azure-sdk-for-net#54231).
    /// </summary>
    public void Renew(SecretClient refused)
    {
        var signIn = SignIn(isRenewal: true);
        if (Interlocked.CompareExchange(ref _client, Create(signIn), refused) == refused)
        {
            _signIn = signIn;
        }
    }

    private SignInCredential SignIn(bool isRenewal) =>
        new(_credential, isRenewal && _credential is ManagedIdentityCredential);

    private SecretClient Create(SignInCredential signIn) => new(_vault, signIn, _options);
}
