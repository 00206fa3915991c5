using Azure.Core;
using Azure.Security.KeyVault.Secrets;

namespace Onramp.Cancellation.Signing;

/// <summary>The Key Vault client.</summary>
internal static class KeyVaultClient
{
    /// <summary>Tries that fit the startup budget.</summary>
    public static SecretClientOptions DefaultOptions => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            MaxRetries = 3,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(4),
            NetworkTimeout = TimeSpan.FromSeconds(5),
        },
    };

    public static SecretClient Create(KeyVaultOptions options, TokenCredential credential, SecretClientOptions client)
        => new(options.VaultUri, new TimedCredential(credential), client);
}
