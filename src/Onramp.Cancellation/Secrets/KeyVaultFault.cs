using System.Net.Sockets;
using System.Security.Authentication;
using Azure;
using Azure.Identity;
using Microsoft.Identity.Client;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// Turns a failed read of a secret into a sentence that tells the operator what to do. It never quotes a value, nor
/// another program's message, which might contain one.
/// </summary>
internal static class KeyVaultFault
{
    /// <param name="exception">The exception of the Key Vault client.</param>
    /// <param name="vault">The vault's address.</param>
    /// <param name="secretName">The name of the secret.</param>
    /// <param name="limit">The time limit of the read.</param>
    public static CredentialsUnavailableException Explain(
        Exception exception,
        Uri vault,
        string secretName,
        TimeSpan limit
    ) =>
        new(
            $"Cannot read secret '{secretName}' from Key Vault {vault}: {Cause(exception, secretName, limit)}",
            exception
        )
        {
            Fault =
                exception is RequestFailedException refused && KeyVaultRefusal.IsWithdrawn(refused)
                    ? SecretFault.Withdrawn
                    : SecretFault.Unreachable,
        };

    /// <summary>The secret has no version that may be used now.</summary>
    public static CredentialsUnavailableException Withdrawn(string reason, Uri vault, string secretName) =>
        new($"Cannot use secret '{secretName}' from Key Vault {vault}: {reason}") { Fault = SecretFault.Withdrawn };

    /// <summary>The secret was read, but its value is not valid.</summary>
    public static CredentialsUnavailableException Unusable(string fault, Uri vault, string secretName) =>
        new(
            $"Cannot use secret '{secretName}' from Key Vault {vault}: its value is not valid. {fault} Set it again (az keyvault secret set --name {secretName} --file …)."
        )
        {
            Fault = SecretFault.Unusable,
        };

    /// <summary>Whether the sign-in failed.</summary>
    public static bool IsOfSignIn(Exception exception) =>
        Chain(exception).OfType<AuthenticationFailedException>().Any();

    private static string Cause(Exception exception, string secretName, TimeSpan limit)
    {
        var chain = Chain(exception).ToList();
        if (IsOfSignIn(exception))
        {
            return SignIn(chain);
        }

        if (chain.OfType<RequestFailedException>().LastOrDefault(static failed => failed.Status != 0) is { } refused)
        {
            return KeyVaultRefusal.Explain(refused, secretName)
                ?? $"the answer ({refused.Status}) is not from Key Vault. Check KeyVault__VaultUri and any proxy or gateway on the way.";
        }

        if (
            chain.Any(static e =>
                e
                    is AuthenticationException
                        or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            )
        )
        {
            return "no trusted TLS connection could be made: the server's certificate is not one that this machine accepts for that name, or the server does not use TLS. Check KeyVault__VaultUri, and trust the certificate of a proxy that inspects TLS traffic.";
        }

        if (
            chain.Any(static e =>
                e
                    is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
                        or SocketException { SocketErrorCode: SocketError.HostNotFound }
            )
        )
        {
            return "its name cannot be resolved. Check KeyVault__VaultUri and the name's DNS entry (a private endpoint needs its private DNS zone).";
        }

        if (chain.Any(static e => e is OperationCanceledException))
        {
            return $"it did not answer within {limit.TotalSeconds:0.###} s. Check that the vault can be reached from here (name, network, firewall, private endpoint).";
        }

        return chain.Any(static e =>
            e is HttpRequestException or SocketException or IOException or RequestFailedException
        )
            ? "the vault cannot be reached. Check KeyVault__VaultUri, the network and the vault's firewall."
            : $"the answer is not from this Key Vault, or a proxy or gateway has changed it ({exception.GetType().Name}). Check KeyVault__VaultUri and any proxy or gateway.";
    }

    private static string SignIn(List<Exception> chain)
    {
        var refused = chain.OfType<MsalServiceException>().FirstOrDefault();
        if (refused is { StatusCode: 400 })
        {
            return "the platform does not know this identity. Assign the managed identity to the app, and check AZURE_CLIENT_ID, "
                + "which names a user-assigned one by its client id.";
        }

        if (refused is { StatusCode: 404 or 410 })
        {
            return $"the identity endpoint answered {refused.StatusCode}: it is not ready, or it is not the platform's (IDENTITY_ENDPOINT). Start again in a minute; "
                + "if the problem persists, check that the app has a managed identity.";
        }

        return chain.Any(static e => e is MsalServiceException or OperationCanceledException)
            ? "the sign-in to Azure timed out: the identity endpoint does not answer correctly. Start again; if the problem persists, check that the app has a managed identity and that nothing blocks its endpoint; on a developer's machine, run 'az login'."
            : "signing in to Azure failed. In Azure, give the app a managed identity (AZURE_CLIENT_ID names a user-assigned one); on a developer's machine, run 'az login'.";
    }

    private static IEnumerable<Exception> Chain(Exception exception) =>
        exception switch
        {
            AggregateException several => several.InnerExceptions.SelectMany(Chain),
            { InnerException: { } inner } => Chain(inner).Prepend(exception),
            _ => [exception],
        };
}
