using System.Net.Sockets;
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
            AuthenticationFailedException when NetworkCause.Find<HttpRequestException>(fault) is { } network =>
                NoSignIn(network),
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
                + $"{TerminalText.Of(NetworkCause.FirstLine(other.Message))}",
            RequestFailedException other => $"{connection.Host} responded with an error: "
                + $"{TerminalText.Of(NetworkCause.FirstLine(other.Message))}",
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

    /// <summary>The explanation when the sign-in service cannot be reached.</summary>
    public static string NoSignIn(HttpRequestException network) =>
        $"The sign-in service cannot be reached ({NetworkCause.Of(network)}). Check the network, and HTTPS_PROXY if "
        + "you use a proxy.";

    private static string Unreachable(Connection connection, Exception fault) =>
        $"{connection.Host} cannot be reached ({NetworkCause.Of(fault)}). Check the name and the network (a private "
        + "namespace can be reached only from its virtual network, on port 5671) and, for this machine, whether the local host is "
        + "running.";

    private static bool IsAboutKey(Exception fault) =>
        fault.Message.Contains("signature", StringComparison.OrdinalIgnoreCase)
        || fault.Message.Contains("ExpiredToken", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("messaging entity '(?:sb://[^/']*/)?([^']*)'")]
    private static partial Regex EntityName();
}
