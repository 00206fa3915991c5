using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Which identity the service's own Azure clients use. Deterministic: no chain that tries one source after the other
/// in production, where each miss costs seconds of the start budget.
/// </summary>
public static class AzureCredential
{
    /// <summary>
    /// The user-assigned managed identity that <c>AZURE_CLIENT_ID</c> names; in Azure without it the system-assigned
    /// one; elsewhere the developer's own sign-in (Azure CLI, Azure Developer CLI, Visual Studio).
    /// </summary>
    /// <exception cref="CredentialsUnavailableException"><c>AZURE_CLIENT_ID</c> is no client id.</exception>
    public static TokenCredential Create(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration["AZURE_CLIENT_ID"] is { Length: > 0 } clientId)
        {
            if (!Guid.TryParse(clientId, out _))
            {
                throw new CredentialsUnavailableException(
                    "AZURE_CLIENT_ID must be the client id of a user-assigned managed identity, for example 00000000-0000-0000-0000-000000000000 (az identity show --query clientId), or be left out for the system-assigned one."
                );
            }

            return new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId));
        }

        // The platform sets this where it offers a managed identity.
        return configuration["IDENTITY_ENDPOINT"] is { Length: > 0 }
            ? new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned)
            : new ChainedTokenCredential(
                new AzureCliCredential(),
                new AzureDeveloperCliCredential(),
                new VisualStudioCredential()
            );
    }
}
