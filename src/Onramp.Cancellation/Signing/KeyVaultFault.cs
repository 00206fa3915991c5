using Azure;
using Azure.Identity;

namespace Onramp.Cancellation;

/// <summary>Turns what the Key Vault client throws into a sentence that tells the operator what to do.</summary>
internal static class KeyVaultFault
{
    public static CredentialsUnavailableException Explain(Exception exception, Uri vault, string secretName)
        => new($"Cannot read secret '{secretName}' from Key Vault {vault}: {Cause(exception, secretName)}", exception);

    private static string Cause(Exception exception, string secretName) => exception switch
    {
        RequestFailedException { Status: 404 } =>
            $"the vault has no such secret. Create it (az keyvault secret set --name {secretName} …) or mend the secret name in KeyVault__ApiKeySecretName or KeyVault__ApiSecretSecretName.",
        RequestFailedException { Status: 403 } refused when Mentions(refused, "firewall") || Mentions(refused, "not authorized and caller is not a trusted service") =>
            "the vault's firewall refuses this address. Allow the app's outbound addresses or its virtual network in the vault's networking settings.",
        RequestFailedException { Status: 403 } refused when Mentions(refused, "disabled") =>
            "the secret is disabled. Enable it or set a new version.",
        RequestFailedException { Status: 401 or 403 } =>
            "access is denied. Give the app's identity the role 'Key Vault Secrets User' on the vault (a new assignment takes some minutes to work), and check AZURE_CLIENT_ID if the identity is user-assigned.",
        RequestFailedException { Status: 429 } => "the vault is throttling. Start again in a minute.",
        RequestFailedException { Status: >= 500 } failed => $"the vault answered {failed.Status}. Start again; if it stays so, look at the vault's health.",
        AuthenticationFailedException =>
            "no sign-in to Azure worked. In Azure, give the app a managed identity (AZURE_CLIENT_ID names a user-assigned one); on a developer's machine, run 'az login'.",
        OperationCanceledException =>
            "it did not answer within KeyVault__StartupBudget. Check that the vault can be reached from here (name, network, firewall, private endpoint).",
        // The client does not hand its token to a server that does not prove to be the vault it was told of.
        InvalidOperationException untrusted => $"the server does not prove to be that vault. Check KeyVault__VaultUri. ({untrusted.Message})",
        ArgumentException invalid => $"its value cannot be used. {invalid.Message} Set it again without the fault.",
        _ => "the vault cannot be reached. Check KeyVault__VaultUri, the name's DNS entry, the network and the vault's firewall.",
    };

    private static bool Mentions(RequestFailedException exception, string words)
        => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
