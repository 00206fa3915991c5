using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Secrets;

/// <summary>The Key Vault and the names of its secrets.</summary>
public sealed class KeyVaultOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "KeyVault";

    /// <summary>The vault, for example <c>https://kv-example.vault.azure.net/</c>. Required.</summary>
    public Uri? VaultUri { get; set; }

    /// <summary>Name of the secret with the API key. Default <c>onramp-api-key</c>.</summary>
    [SecretName("API key", "onramp-api-key")]
    public string ApiKeySecretName { get; set; } = "onramp-api-key";

    /// <summary>Name of the secret with the API secret. Default <c>onramp-api-secret</c>.</summary>
    [SecretName("API secret", "onramp-api-secret")]
    public string ApiSecretSecretName { get; set; } = "onramp-api-secret";

    /// <summary>
    /// Name of the secret that authenticates messages on the queue: 32 to 64 random bytes in base64. Default
    /// <c>queue-authentication-key</c>.
    /// </summary>
    [SecretName("queue's key", "queue-authentication-key")]
    public string QueueKeySecretName { get; set; } = "queue-authentication-key";

    /// <summary>
    /// How long reading the secrets may take at startup, including retries. Default 20 s; 1 s to 25 s, because the
    /// platform gives a worker 30 s to start.
    /// </summary>
    [DurationRange("00:00:01", "00:00:25")]
    public TimeSpan StartupBudget { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How often the pair and the queue's key are read again. A disabled, expired or deleted version is not used from
    /// then on. Default 30 min; 1 min to 1 day.
    /// </summary>
    [DurationRange("00:01:00", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The minimum time between two reads that refused signatures cause (Onramp's or a caller's), so that a wrong key
    /// does not flood the vault. Callers may cause a few reads in direct succession. Default 5 s; up to 10 min.
    /// </summary>
    [DurationRange("00:00:00", "00:10:00")]
    public TimeSpan ReloadCooldown { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (VaultUri is null)
        {
            yield return new ValidationResult(
                "KeyVault__VaultUri is missing: set it to the address of the Key Vault with the Onramp API key and secret, for example https://kv-example.vault.azure.net/."
            );
        }
        else if (!ServerAddress.IsHttps(VaultUri))
        {
            yield return new ValidationResult(
                "KeyVault__VaultUri must be an https address without a path, for example https://kv-example.vault.azure.net/."
            );
        }

        string[] names = [ApiKeySecretName, ApiSecretSecretName, QueueKeySecretName];
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
        {
            yield return new ValidationResult(
                "KeyVault__ApiKeySecretName, KeyVault__ApiSecretSecretName and KeyVault__QueueKeySecretName must name three different secrets."
            );
        }
    }
}

[OptionsValidator]
internal sealed partial class KeyVaultOptionsValidator : IValidateOptions<KeyVaultOptions>;
