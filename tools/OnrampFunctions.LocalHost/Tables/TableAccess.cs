using System.Net.Http.Headers;

namespace OnrampFunctions.LocalHost.Tables;

/// <summary>
/// Admits requests over https with the token of the identity, and over http with the account's name and any key, like
/// Service Bus clients.
/// </summary>
internal static class TableAccess
{
    /// <exception cref="TableError">The request is not authenticated.</exception>
    public static void Check(HttpRequest request)
    {
        if (!IsAllowed(request))
        {
            throw new TableError(
                403,
                "AuthenticationFailed",
                "Server failed to authenticate the request. The local host takes any shared key of "
                    + $"{TableEndpoints.Account} over http, and the token of its identity over https."
            );
        }
    }

    private static bool IsAllowed(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var authorization)
        && (request.IsHttps, authorization) switch
        {
            (true, { Scheme: "Bearer", Parameter: LocalCredential.Token }) => true,
            (false, { Scheme: "SharedKey" or "SharedKeyLite", Parameter: { } key }) => key.StartsWith(
                $"{TableEndpoints.Account}:",
                StringComparison.Ordinal
            ),
            _ => false,
        };
}
