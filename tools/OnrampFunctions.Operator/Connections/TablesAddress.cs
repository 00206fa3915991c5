using Azure.Data.Tables;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Where the tables are: an address that is reached with the operator's sign-in, or a connection
/// string.</summary>
internal readonly record struct TablesAddress(Uri? Address, string? ConnectionString)
{
    private const string Account = "devstoreaccount1";
    private const string Example = "https://stexample.table.core.windows.net";

    // The default address of the local host.
    private static readonly Uri LocalHost = new("http://localhost:7071");

    // As the app reads them: the account of the records first, and an address before a connection string.
    private static readonly (string Address, string ConnectionString)[] Variables =
    [
        ("Records__TableServiceUri", "Records__ConnectionString"),
        ("AzureWebJobsStorage__tableServiceUri", "AzureWebJobsStorage"),
    ];

    /// <summary>What to do if the tables are not specified.</summary>
    public static string HowToSpecify =>
        $"--tables {Example}, or one of the variables "
        + $"{string.Join(", ", Variables.Select(static pair => $"{pair.Address}, {pair.ConnectionString}"))}";

    /// <summary>Returns the address of the tables; null if they are not specified.</summary>
    /// <exception cref="OperatorException">They are not specified correctly.</exception>
    public static TablesAddress? Find(TablesSettings settings, OperatorEnvironment environment)
    {
        if (settings.Tables is { } option)
        {
            return OfAddress("--tables", option);
        }

        foreach (var (address, connectionString) in Variables)
        {
            if (Unquote(environment.Variable(address)) is { Length: > 0 } uri)
            {
                return OfAddress(address, uri);
            }

            if (Unquote(environment.Variable(connectionString)) is { Length: > 0 } text)
            {
                return OfConnectionString(connectionString, text);
            }
        }

        return Connection.IsLocal(settings, environment) ? OfLocalHost(LocalHost) : null;
    }

    /// <summary>Creates the client.</summary>
    public TableServiceClient CreateClient(Azure.Core.TokenCredential credential, TableClientOptions options) =>
        ConnectionString is null ? new(Address, credential, options) : new(ConnectionString, options);

    private static TablesAddress OfAddress(string source, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri is not { Query: "", Fragment: "", UserInfo: "" })
        {
            throw OperatorException.Usage(
                text.Contains('=', StringComparison.Ordinal)
                    ? $"{source} must be an address such as {Example}. For a connection string, set the variable "
                        + "Records__ConnectionString: unlike options, variables are not visible in the list of "
                        + "processes."
                    : $"{source} must be a complete address, for example {Example}."
            );
        }

        if (OtherService(uri) is { } service)
        {
            throw OperatorException.Usage(
                $"{source} is the address of the {service} service of the account; that of its table service is like "
                    + $"{Example}."
            );
        }

        if (uri is { Scheme: "http", IsLoopback: true })
        {
            return OfLocalHost(uri);
        }

        return uri.Scheme == Uri.UriSchemeHttps
            ? new TablesAddress(uri, null)
            : throw OperatorException.Usage(
                $"{source} must begin with https, for example {Example}; only the local host is reached by http."
            );
    }

    private static string? OtherService(Uri uri) =>
        Array.Find(
            ["blob", "queue", "file", "dfs", "web"],
            service => uri.Host.Contains($".{service}.", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>The local host accepts any key.</summary>
    private static TablesAddress OfLocalHost(Uri uri) =>
        new(
            null,
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey=S0VZX1ZBTFVF;"
                + $"TableEndpoint={new Uri(uri, Account)};"
        );

    private static TablesAddress OfConnectionString(string source, string text)
    {
        try
        {
            // Opens no connection.
            _ = new TableServiceClient(text);
            return new TablesAddress(null, text);
        }
        catch (Exception exception)
            when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            // The message may quote the key.
            throw OperatorException.Usage(
                $"{source} is not a valid connection string of a storage account. Copy the complete string from the "
                    + $"account (DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…), or use --tables {Example}."
            );
        }
    }

    /// <summary>Shells, editors and files may leave quotes and white space around it.</summary>
    private static string? Unquote(string? text) => text?.Trim().Trim('"', '\'').Trim();
}
