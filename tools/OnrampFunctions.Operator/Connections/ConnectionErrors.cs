using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;

namespace OnrampFunctions.Operator.Connections;

/// <summary>What goes wrong between here and the namespace, as one sentence that says what to do.</summary>
internal static partial class ConnectionErrors
{
    /// <summary>The sentence; null for a fault of another kind.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="connection">To where.</param>
    /// <param name="roles">What the command needs there.</param>
    public static string? Explain(Exception fault, Connection connection, IReadOnlyList<Role> roles) =>
        fault switch
        {
            AuthenticationFailedException when Find<HttpRequestException>(fault) is { } network => NoSignIn(network),
            AuthenticationFailedException =>
                $"You are not signed in to the tenant of {connection.Host}: sign in there with az login, or azd auth login.",
            UnauthorizedAccessException when IsAboutKey(fault) =>
                $"{connection.Host} does not accept the key of the connection string: it is wrong, was replaced or has expired. Copy the connection string again.",
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
                $"{connection.Host} takes no more: the queue is full, or it has too many connections; make room, then run the same command again.",
            ServiceBusException { Reason: ServiceBusFailureReason.ServiceBusy } =>
                $"{connection.Host} is busy: run the same command again in a while, with a lower --rate where it has one.",
            ServiceBusException other => $"{connection.Host} refused: {TerminalText.Of(FirstLine(other.Message))}",
            RequestFailedException other => $"{connection.Host} refused: {TerminalText.Of(FirstLine(other.Message))}",
            _ => null,
        };

    private static string NoRole(Connection connection, IReadOnlyList<Role> roles) =>
        $"You may not do this in {connection.Host}: it needs {string.Join(" and ", roles.Select(static role => role.Name()))} "
        + $"(az role assignment create --assignee YOU --role \"{roles[0].Name()}\" --scope NAMESPACE-ID), and a new role takes up to ten minutes; with a connection string, a key with these rights.";

    private static string NoEntity(Exception missing, Connection connection) =>
        $"{connection.Host} has no {Entity(missing)}: name what is there with --queue, --topic or --subscription, as the app's settings CancelRequestsQueue and CancelResultsTopic do.";

    /// <summary>The broker says the name, in a sentence; the SDK does not always.</summary>
    private static string Entity(Exception missing) =>
        EntityName().Match(missing.Message) is { Success: true } named
            ? $"'{TerminalText.Of(named.Groups[1].Value)}'"
            : "such queue, topic or subscription";

    private static string NoSignIn(HttpRequestException network) =>
        $"The sign-in cannot be reached ({Why(network)}): check the network, and HTTPS_PROXY if there is a proxy.";

    private static string Unreachable(Connection connection, Exception fault) =>
        $"{connection.Host} cannot be reached ({Why(fault)}): check the name, the network (a closed namespace answers inside its virtual network only, by port 5671) and, on this machine, whether the local host runs.";

    /// <summary>The cause below what the SDK says of it.</summary>
    private static string Why(Exception fault) =>
        fault switch
        {
            _ when Find<AuthenticationException>(fault) is not null => "no trusted TLS connection",
            _ when Find<SocketException>(fault) is { } socket => Why(socket.SocketErrorCode),
            _ when Find<HttpRequestException>(fault) is { } http => Why(http.HttpRequestError),
            _ => "no answer",
        };

    private static string Why(SocketError error) =>
        error switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "there is no such name",
            SocketError.ConnectionRefused => "the connection was refused",
            SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was reset",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
                "there is no route to it",
            _ => "no answer",
        };

    private static string Why(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => "there is no such name",
            HttpRequestError.SecureConnectionError => "no trusted TLS connection",
            HttpRequestError.ProxyTunnelError => "the proxy refuses the connection",
            _ => "no answer",
        };

    private static bool IsAboutKey(Exception fault) =>
        fault.Message.Contains("signature", StringComparison.OrdinalIgnoreCase)
        || fault.Message.Contains("ExpiredToken", StringComparison.OrdinalIgnoreCase);

    /// <summary>An exception of a type among a fault and its causes.</summary>
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
