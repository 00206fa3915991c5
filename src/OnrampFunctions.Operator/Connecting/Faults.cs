using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;

namespace OnrampFunctions.Operations.Connecting;

/// <summary>What goes wrong between here and the namespace, as one sentence with what mends it.</summary>
internal static partial class Faults
{
    /// <summary>The sentence; null for what is no such fault.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="connection">To where.</param>
    /// <param name="roles">What the command needs there.</param>
    public static string? Explain(Exception fault, Connection connection, IReadOnlyList<Role> roles) => fault switch
    {
        AuthenticationFailedException => $"Nobody is signed in who {connection.Host} would know: sign in with az login, or azd auth login, in the tenant of the namespace.",
        UnauthorizedAccessException or RequestFailedException { Status: 401 or 403 } => NoRole(connection, roles),
        ServiceBusException { Reason: ServiceBusFailureReason.MessagingEntityNotFound } missing => NoEntity(missing, connection),
        RequestFailedException { Status: 404 } missing => NoEntity(missing, connection),
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceCommunicationProblem or ServiceBusFailureReason.ServiceTimeout } or SocketException or TimeoutException => Unreachable(connection),
        RequestFailedException { Status: 0 } or AggregateException { InnerException: RequestFailedException { Status: 0 } } => Unreachable(connection),
        ServiceBusException { Reason: ServiceBusFailureReason.QuotaExceeded } => $"{connection.Host} takes no more: the queue is full, or it has too many connections; make room, then run the same command again.",
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceBusy } => $"{connection.Host} is busy: run the same command again in a while, with a lower --rate where it has one.",
        ServiceBusException other => $"{connection.Host} refused: {TerminalText.Of(FirstLine(other.Message))}",
        RequestFailedException other => $"{connection.Host} refused: {TerminalText.Of(FirstLine(other.Message))}",
        _ => null,
    };

    private static string NoRole(Connection connection, IReadOnlyList<Role> roles)
        => $"You may not do this in {connection.Host}: it needs {string.Join(" and ", roles.Select(static role => role.Name()))} "
         + $"(az role assignment create --assignee YOU --role \"{roles[0].Name()}\" --scope NAMESPACE-ID), and a new role takes up to ten minutes; with a connection string, a key with these rights.";

    private static string NoEntity(Exception missing, Connection connection)
        => $"{connection.Host} has no {Entity(missing)}: name what is there with --queue, --topic or --subscription, as the app's settings CancelRequestsQueue and CancelResultsTopic do.";

    /// <summary>The broker says the name, in a sentence; the SDK does not always.</summary>
    private static string Entity(Exception missing)
        => EntityName().Match(missing.Message) is { Success: true } named ? $"'{TerminalText.Of(named.Groups[1].Value)}'" : "such queue, topic or subscription";

    private static string Unreachable(Connection connection)
        => $"{connection.Host} cannot be reached: check the name, the network (a closed namespace answers inside its virtual network only, by port 5671) and, on this machine, whether the local host runs.";

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    [GeneratedRegex("messaging entity '(?:sb://[^/']*/)?([^']*)'")]
    private static partial Regex EntityName();
}
