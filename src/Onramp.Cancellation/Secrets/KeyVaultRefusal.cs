using Azure;
using Azure.Security.KeyVault.Secrets;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Secrets;

/// <summary>What a refusal by Key Vault means and what to do about it.</summary>
internal static class KeyVaultRefusal
{
    private const string NoAccess =
        "access is denied. Give the app's identity the role 'Key Vault Secrets User' on the vault (a new assignment takes some minutes to work), "
        + "and check AZURE_CLIENT_ID if the identity is user-assigned.";

    private const string Deleted =
        "the secret is deleted but can be recovered. Recover it (az keyvault secret recover) and wait until that is done.";

    private const string Disabled = "the secret is disabled. Enable it or set a new version.";
    private const string Expired = "the secret has expired. Set a new version or a later expiration date.";
    private const string NotYetValid =
        "the secret is not yet valid. Wait for its activation date or set an earlier one.";

    /// <summary>
    /// Selected by code, or else by words. The words contain spaces, which names of vaults and secrets cannot, so that
    /// a secret called disabled-by-firewall selects no sentence. Seen at
    /// Azure/secrets-store-csi-driver-provider-azure#873, microsoft/multimodal-ai#171, Azure/azure-cli#31406,
    /// Azure/azure-sdk-for-js#24756, Azure/AzureKeyVault#19.
    /// </summary>
    private static readonly Refusal[] Known =
    [
        new(
            ["ForbiddenByConnection"],
            ["public network access is disabled", "not an approved private link"],
            "the vault is closed to public networks. Connect the app to a private endpoint of the vault (virtual network and private DNS zone), "
                + "or allow public network access to the vault."
        ),
        new(
            ["ForbiddenByFirewall"],
            ["and caller is not a trusted service", "blocked by firewall"],
            "the vault's firewall refuses this address. Allow the app's outbound addresses or its virtual network in the vault's networking settings."
        ),
        new(["SecretDisabled"], ["a disabled secret"], Disabled, IsWithdrawal: true),
        new(["SecretExpired"], ["expired secret"], Expired, IsWithdrawal: true),
        new(["SecretNotYetValid"], ["not yet valid"], NotYetValid, IsWithdrawal: true),
        new(
            ["ObjectIsDeletedButRecoverable", "ObjectIsBeingDeleted"],
            ["deleted but recoverable", "currently being deleted"],
            Deleted,
            IsWithdrawal: true
        ),
        new(["ObjectIsBeingRecovered"], ["currently being recovered"], Deleted),
    ];

    /// <summary>The end of the sentence; null when the answer is not from Key Vault.</summary>
    public static string? Explain(RequestFailedException refused, string secretName)
    {
        if (refused.Status == 429)
        {
            return "the vault is throttling: it gets too many requests. Start again in a minute.";
        }

        if (refused.Status >= 500)
        {
            return $"the vault answered {refused.Status}. Start again; if the problem persists, check the vault's health.";
        }

        if (KeyVaultAnswer.Read(refused) is not { } answer)
        {
            return null;
        }

        return Find(answer)?.Sentence
            ?? refused.Status switch
            {
                404 =>
                    $"the vault does not have this secret. Create it (az keyvault secret set --name {secretName} …), recover it if it was deleted "
                        + $"(az keyvault secret recover --name {secretName} …), or correct the setting that names it{SettingsOf(secretName)}.",
                401 =>
                    "access is denied: the vault does not accept the sign-in, also with a new token. The app's identity must belong to the vault's tenant; "
                        + "check KeyVault__VaultUri and AZURE_CLIENT_ID.",
                403 => NoAccess,
                _ =>
                    $"the vault refused the request ({refused.Status} {LogText.Of(answer.Codes[0])}). Check KeyVault__VaultUri and the secret's name.",
            };
    }

    /// <summary>
    /// Whether a refusal says that the secret, or this version of it, may no longer be used, or not yet.
    /// </summary>
    public static bool IsWithdrawn(RequestFailedException refused) =>
        refused.Status is >= 400 and < 500
        && KeyVaultAnswer.Read(refused) is { } answer
        && (Find(answer) is { } known ? known.IsWithdrawal : refused.Status == 404 && answer.IsAboutSecret);

    /// <summary>Returns why a version in the vault is not used.</summary>
    /// <param name="version">Its attributes.</param>
    /// <param name="expiredBefore">Versions that expired before this instant are not used.</param>
    public static string ExplainAttributes(SecretProperties version, DateTimeOffset expiredBefore) =>
        version switch
        {
            { Enabled: false } => Disabled,
            _ when version.ExpiresOn < expiredBefore => Expired,
            _ => NotYetValid,
        };

    private static Refusal? Find(KeyVaultAnswer answer) =>
        Array.Find(Known, row => row.Codes.Intersect(answer.Codes).Any())
        ?? Array.Find(
            Known,
            row => Array.Exists(row.Words, words => answer.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
        );

    private static string SettingsOf(string secretName) =>
        secretName.StartsWith("webhook-", StringComparison.Ordinal)
            ? " (Callers__Names)"
            : ": KeyVault__ApiKeySecretName, KeyVault__ApiSecretSecretName or KeyVault__QueueKeySecretName";

    private sealed record Refusal(string[] Codes, string[] Words, string Sentence, bool IsWithdrawal = false);
}
