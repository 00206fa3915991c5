using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Explains connection errors in one sentence that says what to do.</summary>
internal static partial class ConnectionErrors
{
    /// <summary>Returns the explanation; null for an error of another kind.</summary>
    /// <param name="fault">The exception.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="roles">The roles that the command needs.</param>
    public static string? Explain(Exception fault, Connection connection, IReadOnlyList<Role> roles) =>
        fault switch
        {
            AuthenticationFailedException when Find<HttpRequestException>(fault) is { } network => NoSignIn(network),
            AuthenticationFailedException =>
                $"You are not signed in to the tenant of {connection.Host}: sign in with az login or azd auth login.",
            UnauthorizedAccessException when IsAboutKey(fault) =>
                $"{connection.Host} rejected the key of the connection string: it is wrong, was replaced or has "
                    + "expired. Copy the connection string again.",
            UnauthorizedAccessException or RequestFailedException { Status: 401 or 403 } => NoRole(connection, roles),
            ServiceBusException { Reason: ServiceBusFailureReason.MessagingEntityNotFound } missing => NoEntity(
                missing,
                connection
            ),
            RequestFailedException { Status: 404 } missing => NoEntity(missing, connection),
            ServiceBusException
            {
                Reason: ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.ServiceTimeout
            }
            or SocketException
            or TimeoutException => Unreachable(connection, fault),
            RequestFailedException { Status: 0 }
            or AggregateException { InnerException: RequestFailedException { Status: 0 } } => Unreachable(
                connection,
                fault
            ),
            ServiceBusException { Reason: ServiceBusFailureReason.QuotaExceeded } =>
                $"{connection.Host} has reached a quota: the queue is full, or there are too many connections. "
                    + "Make room, then run the command again.",
            ServiceBusException { Reason: ServiceBusFailureReason.ServiceBusy } =>
                $"{connection.Host} is busy. Run the command again later, with a lower --rate if it has that option.",
            ServiceBusException other => $"{connection.Host} responded with an error: "
                + $"{TerminalText.Of(FirstLine(other.Message))}",
            RequestFailedException other => $"{connection.Host} responded with an error: "
                + $"{TerminalText.Of(FirstLine(other.Message))}",
            _ => null,
        };

    private static string NoRole(Connection connection, IReadOnlyList<Role> roles) =>
        $"You are not authorized in {connection.Host}. "
        + $"This command needs {string.Join(" and ", roles.Select(static role => role.Name()))} "
        + $"(az role assignment create --assignee YOU --role \"{roles[0].Name()}\" --scope NAMESPACE-ID; "
        + "a new role takes up to ten minutes) or, with a connection string, a key with these rights.";

    private static string NoEntity(Exception missing, Connection connection) =>
        $"{connection.Host} has no {Entity(missing)}. Specify existing ones with --queue, --topic or --subscription; "
        + "the app's settings CancelRequestsQueue and CancelResultsTopic have the names.";

    /// <summary>The broker's message contains the name, the SDK's not always.</summary>
    private static string Entity(Exception missing) =>
        EntityName().Match(missing.Message) is { Success: true } named
            ? $"'{TerminalText.Of(named.Groups[1].Value)}'"
            : "such queue, topic or subscription";

    private static string NoSignIn(HttpRequestException network) =>
        $"The sign-in service cannot be reached ({Why(network)}). Check the network, and HTTPS_PROXY if you use a "
        + "proxy.";

    private static string Unreachable(Connection connection, Exception fault) =>
        $"{connection.Host} cannot be reached ({Why(fault)}). Check the name and the network (a private namespace can "
        + "be reached only from its virtual network, on port 5671) and, for this machine, whether the local host is "
        + "running.";

    /// <summary>The underlying cause.</summary>
    private static string Why(Exception fault) =>
        fault switch
        {
            _ when Find<AuthenticationException>(fault) is not null => "no trusted TLS connection",
            _ when Find<SocketException>(fault) is { } socket => Why(socket.SocketErrorCode),
            _ when Find<HttpRequestException>(fault) is { } http => Why(http.HttpRequestError),
            _ => "no response",
        };

    private static string Why(SocketError error) =>
        error switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name does not exist",
            SocketError.ConnectionRefused => "the connection was refused",
            SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was reset",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
                "no route to the host",
            _ => "no response",
        };

    private static string Why(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => "the name does not exist",
            HttpRequestError.SecureConnectionError => "no trusted TLS connection",
            HttpRequestError.ProxyTunnelError => "the proxy refused the connection",
            _ => "no response",
        };

    private static bool IsAboutKey(Exception fault) =>
        fault.Message.Contains("signature", StringComparison.OrdinalIgnoreCase)
        || fault.Message.Contains("ExpiredToken", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds an exception of a type in the chain of inner exceptions.</summary>
    private static T? Find<T>(Exception? fault)
        where T : Exception =>
        fault switch
        {
            null => null,
            T found => found,
            AggregateException several => several
                .InnerExceptions.Select(Find<T>)
                .FirstOrDefault(static found => found is not null),
            _ => Find<T>(fault.InnerException),
        };

    private static string FirstLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    [GeneratedRegex("messaging entity '(?:sb://[^/']*/)?([^']*)'")]
    private static partial Regex EntityName();
}
