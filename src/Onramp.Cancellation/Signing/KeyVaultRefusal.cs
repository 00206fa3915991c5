using Azure;

namespace Onramp.Cancellation.Signing;

/// <summary>What a refusal by Key Vault means and what mends it.</summary>
internal static class KeyVaultRefusal
{
    private const string NoAccess =
        "access is denied. Give the app's identity the role 'Key Vault Secrets User' on the vault (a new assignment takes some minutes to work), and check AZURE_CLIENT_ID if the identity is user-assigned.";

    /// <summary>
    /// By code, else by words. The words have spaces in them, which names of vaults and secrets have not: a secret called disabled-by-firewall
    /// chooses no sentence. Seen at Azure/secrets-store-csi-driver-provider-azure#873, microsoft/multimodal-ai#171, Azure/azure-cli#31406,
    /// Azure/azure-sdk-for-js#24756, Azure/AzureKeyVault#19.
    /// </summary>
    private static readonly (string[] Codes, string[] Words, string Sentence)[] Known =
    [
        (["ForbiddenByConnection"], ["public network access is disabled", "not an approved private link"],
            "the vault is closed to public networks. Give the app a way to a private endpoint of the vault (virtual network and private DNS zone), or allow public network access to the vault."),
        (["ForbiddenByFirewall"], ["and caller is not a trusted service", "blocked by firewall"],
            "the vault's firewall refuses this address. Allow the app's outbound addresses or its virtual network in the vault's networking settings."),
        (["SecretDisabled"], ["a disabled secret"], "the secret is disabled. Enable it or set a new version."),
        (["SecretExpired"], ["expired secret"], "the secret has expired. Set a new version or a later expiration date."),
        (["SecretNotYetValid"], ["not yet valid"], "the secret is not yet valid. Wait for its activation date or set an earlier one."),
        (["ObjectIsDeletedButRecoverable", "ObjectIsBeingDeleted", "ObjectIsBeingRecovered"], ["deleted but recoverable", "currently being deleted", "currently being recovered"],
            "the secret is deleted but can be recovered. Recover it (az keyvault secret recover) and wait until that is done."),
    ];

    /// <summary>The end of the sentence; null when what answered is not Key Vault.</summary>
    public static string? Explain(RequestFailedException refused, string secretName)
    {
        if (refused.Status == 429)
        {
            return "the vault is throttling. Start again in a minute.";
        }

        if (refused.Status >= 500)
        {
            return $"the vault answered {refused.Status}. Start again; if it stays so, look at the vault's health.";
        }

        if (KeyVaultAnswer.Read(refused) is not { } answer)
        {
            return null;
        }

        var codes = Known.FirstOrDefault(row => row.Codes.Intersect(answer.Codes).Any()).Sentence;
        return codes ?? Known.FirstOrDefault(row => row.Words.Any(words => answer.Message.Contains(words, StringComparison.OrdinalIgnoreCase))).Sentence ?? refused.Status switch
        {
            404 => $"the vault has no such secret. Create it (az keyvault secret set --name {secretName} …), recover it if it was deleted (az keyvault secret recover --name {secretName} …), or mend the secret name in KeyVault__ApiKeySecretName or KeyVault__ApiSecretSecretName.",
            401 => "access is denied: the vault does not accept the sign-in. The app's identity must belong to the vault's tenant; check KeyVault__VaultUri and AZURE_CLIENT_ID.",
            403 => NoAccess,
            _ => $"the vault refused the request ({refused.Status} {answer.Codes[0]}). Check KeyVault__VaultUri and the secret's name.",
        };
    }
}
