using System.Net.Sockets;
using System.Security.Authentication;
using Azure;
using Azure.Identity;
using Microsoft.Identity.Client;

namespace Onramp.Cancellation.Tests;

/// <summary>Responses of a vault, or of something in its place, and the words that the operator must read.</summary>
internal sealed record VaultAnswer(
    string Case,
    string Told,
    Func<HttpResponseMessage>? Answer = null,
    Func<Exception>? SignIn = null
)
{
    /// <summary>
    /// Whether the response says that the secret must not be used, so that the last valid value is not used either.
    /// </summary>
    public bool IsWithdrawal { get; init; }

    private const string NotKeyVault = "is not from this Key Vault, or a proxy or gateway has changed it";
    private const string Proxy = "is not from Key Vault. Check KeyVault__VaultUri and any proxy";
    private const string NoAccess = "'Key Vault Secrets User'";
    private const string Unreachable = "the vault cannot be reached";
    private const string NoTls = "no trusted TLS connection";
    private const string NoAddress = "its name cannot be resolved";
    private const string EndpointAway = "the identity endpoint does not answer";
    private const string Id = "https://kv-test.vault.azure.net/secrets/onramp-api-key/1";

    /// <summary>All cases, with their sources in brackets.</summary>
    public static IReadOnlyList<VaultAnswer> All { get; } =
    [
        // 200 without a valid secret.
        new("an empty body", NotKeyVault, () => FakeVault.Json(200, "")),
        new(
            "a page of a captive portal",
            NotKeyVault,
            () => FakeVault.Json(200, "<!DOCTYPE html><html><body>Sign in to the network</body></html>")
        ),
        new("cut JSON", NotKeyVault, () => FakeVault.Json(200, """{"value":"new_value","id":"https://kv-te""")),
        new(
            "an id that is not a URI",
            NotKeyVault,
            () => FakeVault.Json(200, """{"value":"new_value","id":"not a uri","attributes":{"enabled":true}}""")
        ),
        new(
            "an id without a name",
            NotKeyVault,
            () => FakeVault.Json(200, """{"value":"new_value","id":"https://kv-test.vault.azure.net/"}""")
        ),
        new("null", NotKeyVault, () => FakeVault.Json(200, "null")),
        new("a list", NotKeyVault, () => FakeVault.Json(200, "[]")),
        new(
            "no value",
            NotKeyVault,
            () => FakeVault.Json(200, $$$"""{"id":"{{{Id}}}","attributes":{"enabled":true}}""")
        ),
        new("the value null", NotKeyVault, () => FakeVault.Json(200, $$"""{"value":null,"id":"{{Id}}"}""")),
        new("a number as the value", NotKeyVault, () => FakeVault.Json(200, $$"""{"value":5,"id":"{{Id}}"}""")),
        new(
            "attributes that are text",
            NotKeyVault,
            () => FakeVault.Json(200, $$"""{"value":"new_value","id":"{{Id}}","attributes":"none"}""")
        ),
        new(
            "bytes that are not text",
            NotKeyVault,
            () => new HttpResponseMessage { Content = new ByteArrayContent([0x1F, 0x8B, 0x08, 0xFF]) }
        ),
        new("204", Proxy, () => FakeVault.Json(204, "")),
        // Refusals by other software [ccxt/ccxt#13077 has such a page of a proxy].
        new("a 403 page of a proxy", Proxy, () => FakeVault.Json(403, "<html>Access disabled by firewall</html>")),
        new("a 404 page of a web server", Proxy, () => FakeVault.Json(404, "<html>Not Found</html>")),
        new("a redirect to a sign-in", Proxy, () => FakeVault.Json(302, "")),
        new("a proxy that wants a sign-in", Proxy, () => FakeVault.Json(407, "")),
        new("JSON of another service", Proxy, () => FakeVault.Json(403, """{"message":"Forbidden"}""")),
        // Network [Azure/secrets-store-csi-driver-provider-azure#873, microsoft/multimodal-ai#171,
        // Azure/azure-cli#31406, MicrosoftDocs/azure-docs#52649].
        Refused(
            "public network access is disabled",
            "private endpoint",
            403,
            "ForbiddenByConnection",
            "Public network access is disabled and request is not from a trusted service nor via an approved private link.\\r\\nCaller: appid=1;oid=2\\r\\nVault: kv-test;location=eastus2"
        ),
        Refused(
            "the same without an inner code",
            "private endpoint",
            403,
            "",
            "Public network access is disabled and request is not from a trusted service nor via an approved private link."
        ),
        Refused(
            "no approved private link",
            "private endpoint",
            403,
            "",
            "Connection is not an approved private link and caller was ignored because bypass is not set to 'AzureServices' and PublicNetworkAccess is set to 'Disabled'."
        ),
        Refused(
            "the firewall",
            "the vault's firewall refuses",
            403,
            "ForbiddenByFirewall",
            "Client address is not authorized and caller is not a trusted service.\\r\\nClient address: 40.74.28.0"
        ),
        Refused(
            "the firewall, in other words",
            "the vault's firewall refuses",
            403,
            "",
            "Client address (40.74.28.0) is not authorized and caller is not a trusted service"
        ),
        // The secret [Azure/azure-sdk-for-js#24756, Azure/AzureKeyVault#19, external-secrets/external-secrets#3519,
        // Azure/azure-sdk-for-net#31581].
        Refused(
            "a disabled secret",
            "the secret is disabled",
            403,
            "SecretDisabled",
            "Operation get is not allowed on a disabled secret."
        ) with
        {
            IsWithdrawal = true,
        },
        Refused(
            "a disabled secret, without an inner code",
            "the secret is disabled",
            403,
            "",
            "Operation get is not allowed on a disabled secret."
        ) with
        {
            IsWithdrawal = true,
        },
        new(
            "a disabled secret, as innerError",
            "the secret is disabled",
            () =>
                FakeVault.Json(
                    403,
                    """{"error":{"code":"Forbidden","message":"Operation not allowed.","innerError":{"code":"SecretDisabled"}}}"""
                )
        )
        {
            IsWithdrawal = true,
        },
        Refused(
            "an expired secret",
            "the secret has expired",
            403,
            "SecretExpired",
            "Operation get is not allowed on a expired secret."
        ) with
        {
            IsWithdrawal = true,
        },
        Refused(
            "an expired secret, without an inner code",
            "the secret has expired",
            403,
            "",
            "Operation get is not allowed on an expired secret."
        ) with
        {
            IsWithdrawal = true,
        },
        Refused(
            "a secret of the future",
            "the secret is not yet valid",
            403,
            "SecretNotYetValid",
            "Operation get is not allowed on a secret that is not yet valid."
        ) with
        {
            IsWithdrawal = true,
        },
        Refused(
            "a secret of the future, without an inner code",
            "the secret is not yet valid",
            403,
            "",
            "Operation get is not allowed on a secret that is not yet valid."
        ) with
        {
            IsWithdrawal = true,
        },
        Refused(
            "a deleted secret",
            "az keyvault secret recover",
            404,
            "",
            "A secret with (name/id) onramp-api-key was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.",
            "SecretNotFound"
        ) with
        {
            IsWithdrawal = true,
        },
        Refused(
            "a secret in its recovery",
            "is deleted but can be recovered",
            409,
            "ObjectIsBeingRecovered",
            "Secret onramp-api-key is currently being recovered and cannot be re-created; retry later.",
            "Conflict"
        ),
        Refused(
            "a secret that is deleted but recoverable",
            "is deleted but can be recovered",
            409,
            "ObjectIsDeletedButRecoverable",
            "Secret onramp-api-key is currently in a deleted but recoverable state.",
            "Conflict"
        ) with
        {
            IsWithdrawal = true,
        },
        // Access. The names of vault, secret and caller do not affect the choice of the message.
        Refused(
            "no role",
            NoAccess,
            403,
            "ForbiddenByRbac",
            "Caller is not authorized to perform action on resource.\\r\\nResource: '/subscriptions/1/resourcegroups/firewall/providers/microsoft.keyvault/vaults/kv-disabled/secrets/expired-secret'"
        ),
        Refused(
            "no role, without an inner code",
            NoAccess,
            403,
            "",
            "Caller is not authorized to perform action on resource. Vault: disabled-by-firewall, secret: not-yet-valid-expired-secret"
        ),
        Refused(
            "no access policy",
            NoAccess,
            403,
            "ForbiddenByPolicy",
            "The user, group or application 'appid=1' does not have secrets get permission on key vault 'kv-firewall-disabled;location=westeurope'."
        ),
        Refused(
            "another tenant",
            "must belong to the vault's tenant",
            401,
            "",
            "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/1/, found https://sts.windows.net/2/.",
            "Unauthorized"
        ),
        Refused(
            "a parameter that it does not take",
            "the vault refused the request (400 BadParameter)",
            400,
            "",
            "The request URI contains an invalid name: a b",
            "BadParameter"
        ),
        // Load and outage.
        Refused(
            "throttling",
            "the vault is throttling",
            429,
            "",
            "Request was not processed because too many requests were received.",
            "Throttled"
        ),
        Refused("an inner fault", "the vault answered 500", 500, "", "oops", "InternalError"),
        new("a 502 page of a gateway", "the vault answered 502", () => FakeVault.Json(502, "<html>Bad Gateway</html>")),
        // No response. A client throws all errors of its attempts.
        Thrown(
            "connection refused",
            Unreachable,
            () => new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused))
        ),
        Thrown("a connection that breaks", Unreachable, () => new IOException("The response ended prematurely.")),
        Thrown(
            "a name without an address",
            NoAddress,
            () =>
                new HttpRequestException(
                    HttpRequestError.NameResolutionError,
                    "Name or service not known",
                    new SocketException((int)SocketError.HostNotFound)
                )
        ),
        Thrown(
            "an untrusted certificate",
            NoTls,
            () =>
                new HttpRequestException(
                    "The SSL connection could not be established, see inner exception.",
                    new AuthenticationException(
                        "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot"
                    )
                )
        ),
        Thrown(
            "an untrusted certificate, four times",
            NoTls,
            () =>
                Repeated(
                    new HttpRequestException(
                        HttpRequestError.SecureConnectionError,
                        "The SSL connection could not be established",
                        new AuthenticationException("The remote certificate was rejected")
                    )
                )
        ),
        Thrown(
            "a name without an address, four times",
            NoAddress,
            () => Repeated(new HttpRequestException(HttpRequestError.NameResolutionError, "No such host is known"))
        ),
        Thrown(
            "its own network timeout, four times",
            "it did not answer within",
            () =>
                Repeated(
                    new TaskCanceledException(
                        "The operation was cancelled because it exceeded the configured timeout of 0:00:05."
                    )
                )
        ),
        Thrown(
            "a challenge for another vault",
            NotKeyVault,
            () =>
                new InvalidOperationException(
                    "The challenge resource 'evil.example' does not match the requested domain."
                )
        ),
        Thrown("what the client itself is made of", NotKeyVault, () => new ArgumentException("secretName")),
        Thrown("an unknown error", NotKeyVault, () => new KeyNotFoundException()),
        // The sign-in [Azure/azure-sdk-for-net#23256, #23809, Azure/azure-functions-host#10189], in the shapes that
        // Azure.Identity 1.21 throws.
        SignedIn(
            "an identity endpoint that is away",
            EndpointAway,
            () =>
                new CredentialUnavailableException(
                    "ManagedIdentityCredential authentication unavailable.",
                    new MsalServiceException(
                        "managed_identity_unreachable_network",
                        "Retry failed after 6 tries.",
                        Repeated(new HttpRequestException("Connection refused"))
                    )
                )
        ),
        SignedIn(
            "an identity endpoint that answers a page",
            EndpointAway,
            () =>
                new CredentialUnavailableException(
                    "No managed identity endpoint found.",
                    new MsalServiceException(
                        "managed_identity_response_parse_failure",
                        "MSI returned 200 OK, but the response could not be parsed.",
                        200
                    )
                )
        ),
        SignedIn(
            "an identity endpoint that answers 404",
            "the identity endpoint answered 404",
            () =>
                new AuthenticationFailedException(
                    "ManagedIdentityCredential authentication failed",
                    new MsalServiceException("managed_identity_request_failed", "Not found", 404)
                )
        ),
        SignedIn(
            "an identity endpoint that is being updated",
            "the identity endpoint answered 410",
            () =>
                new AuthenticationFailedException(
                    "ManagedIdentityCredential authentication failed",
                    new MsalServiceException("managed_identity_request_failed", "Gone", 410)
                )
        ),
        SignedIn(
            "an identity that is not the app's",
            "does not know this identity",
            () =>
                new AuthenticationFailedException(
                    "ManagedIdentityCredential authentication failed",
                    new MsalServiceException(
                        "managed_identity_request_failed",
                        "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
                        400
                    )
                )
        ),
        SignedIn(
            "a developer who is not signed in",
            "az login",
            () =>
                new CredentialUnavailableException(
                    "The ChainedTokenCredential failed to retrieve a token from the included credentials.",
                    new AggregateException(new CredentialUnavailableException("Azure CLI not installed"))
                )
        ),
    ];

    public static TheoryData<string> Cases => [.. All.Select(answer => answer.Case)];

    public static TheoryData<string> Withdrawals =>
        [.. All.Where(static answer => answer.IsWithdrawal).Select(static answer => answer.Case)];

    public static TheoryData<string> Outages =>
        [.. All.Where(static answer => !answer.IsWithdrawal).Select(static answer => answer.Case)];

    /// <summary>Makes the vault respond with this case.</summary>
    public static VaultAnswer Play(string name, FakeVault vault)
    {
        var played = All.Single(answer => answer.Case == name);
        vault.Fault = played.Answer is null ? null : _ => played.Answer();
        vault.SignInFault = played.SignIn is null ? null : _ => played.SignIn();
        return played;
    }

    private static VaultAnswer Refused(
        string name,
        string told,
        int status,
        string innerCode,
        string message,
        string code = "Forbidden"
    )
    {
        var inner = innerCode.Length == 0 ? "" : $$$""","innererror":{"code":"{{{innerCode}}}"}""";
        return new(
            name,
            told,
            () => FakeVault.Json(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"{{{inner}}}}}""")
        );
    }

    private static VaultAnswer Thrown(string name, string told, Func<Exception> exception) =>
        new(name, told, () => throw exception());

    private static VaultAnswer SignedIn(string name, string told, Func<Exception> exception) =>
        new(name, told, SignIn: exception);

    private static AggregateException Repeated(Exception cause) =>
        new(
            "Retry failed after 4 tries.",
            Enumerable.Range(0, 4).Select(_ => new RequestFailedException(0, cause.Message, cause))
        );
}
