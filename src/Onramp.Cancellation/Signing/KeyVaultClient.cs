using Azure.Core;
using Azure.Security.KeyVault.Secrets;

namespace Onramp.Cancellation;

/// <summary>The Key Vault client, with tries that fit the startup budget.</summary>
internal static class KeyVaultClient
{
    public static SecretClient Create(KeyVaultOptions options, TokenCredential credential) => new(
        options.VaultUri,
        credential,
        new SecretClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = 3,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(4),
                NetworkTimeout = TimeSpan.FromSeconds(5),
            },
        });
}
