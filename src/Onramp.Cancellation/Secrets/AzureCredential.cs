using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// The identity of the service's own Azure clients. In production it is one fixed source instead of a chain, where each
/// miss would cost seconds of the start budget.
/// </summary>
public static class AzureCredential
{
    /// <summary>
    /// Creates the credential: the user-assigned managed identity in <c>AZURE_CLIENT_ID</c>; without it the
    /// system-assigned one in Azure, and the developer's own sign-in elsewhere (Azure CLI, Azure Developer CLI, Visual
    /// Studio).
    /// </summary>
    /// <exception cref="CredentialsUnavailableException"><c>AZURE_CLIENT_ID</c> is not a client id.</exception>
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

        // Set by the platform where a managed identity is available.
        return configuration["IDENTITY_ENDPOINT"] is { Length: > 0 }
            ? new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned)
            : new ChainedTokenCredential(
                new AzureCliCredential(),
                new AzureDeveloperCliCredential(),
                new VisualStudioCredential()
            );
    }
}
