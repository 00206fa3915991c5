using Azure;
using Azure.Identity;
using Onramp.Cancellation.Storage;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Explains errors of the tables in one sentence that says what to do.</summary>
internal static class TablesErrors
{
    private const string NoKey = "AuthenticationFailed";
    private const string NoKeys = "KeyBasedAuthenticationNotPermitted";
    private const string NoNetwork = "AuthorizationFailure";
    private const string NoTable = "TableNotFound";
    private const string NoRow = "ResourceNotFound";

    /// <summary>Returns the explanation; null for an error of another kind.</summary>
    public static string? Explain(Exception fault, string host, Role role) =>
        fault switch
        {
            AuthenticationFailedException when NetworkCause.Find<HttpRequestException>(fault) is { } network =>
                ConnectionErrors.NoSignIn(network),
            AuthenticationFailedException =>
                $"You are not signed in to the tenant of {host}: sign in with az login or azd auth login.",
            RequestFailedException { ErrorCode: NoKey } =>
                $"{host} rejected the key of the connection string: it is wrong, was replaced or has expired. Copy "
                    + "the connection string again.",
            RequestFailedException { ErrorCode: NoKeys } =>
                $"{host} does not allow keys: use its address with --tables, and your own sign-in.",
            RequestFailedException { ErrorCode: NoNetwork } =>
                $"{host} does not allow this network: run the command where the app runs, or add this network to the "
                    + "firewall of the storage account.",
            RequestFailedException { Status: 401 } =>
                $"{host} rejected the sign-in: sign in to its tenant with az login --tenant TENANT.",
            RequestFailedException { Status: 403 } => NoRole(host, role),
            RequestFailedException { Status: 0 } or OperationCanceledException or HttpRequestException or IOException =>
                Unreachable(host, fault),
            AggregateException several => Explain(several.InnerExceptions[^1], host, role),
            RequestFailedException { Status: 429 or 500 or 503 } =>
                $"The tables at {host} are busy. Run the command again later, with a lower --rate if it has that option.",
            RequestFailedException { ErrorCode: null } other =>
                $"{host} is not a table service: it responded with status {other.Status}. Specify the tables with "
                    + $"{TablesAddress.HowToSpecify}.",
            RequestFailedException other => $"{host} responded with an error: "
                + $"{TerminalText.Of(NetworkCause.FirstLine(other.Message))}",
            _ => null,
        };

    /// <summary>Explains why nothing was found in a table; null if the table only has no such row.</summary>
    public static string? ExplainMissing(Exception fault, string host, RowTable table, Role role) =>
        fault switch
        {
            RequestFailedException { ErrorCode: NoRow } => null,
            RequestFailedException { ErrorCode: NoTable } =>
                $"{host} has no table {table}: it is not the storage account of the app, or the app has never run. "
                    + $"Specify the tables with {TablesAddress.HowToSpecify}.",
            _ => Explain(fault, host, role),
        };

    private static string NoRole(string host, Role role) =>
        $"You are not authorized in {host}. This command needs {role.Name()} "
        + $"(az role assignment create --assignee YOU --role \"{role.Name()}\" --scope STORAGE-ACCOUNT-ID; a new role "
        + "takes up to ten minutes) or, with a connection string, a key with these rights.";

    private static string Unreachable(string host, Exception fault) =>
        $"{host} cannot be reached ({NetworkCause.Of(fault)}). Check the address and the network (a private account "
        + "can be reached only from its virtual network) and, for this machine, whether the local host is running; if it "
        + "listens on another port than 7071, specify its address with --tables.";
}
