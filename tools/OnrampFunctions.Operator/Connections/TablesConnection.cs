using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Tables;

namespace OnrampFunctions.Operator.Connections;

/// <summary>A connection to the tables, with timeouts that suit interactive use.</summary>
internal sealed class TablesConnection
{
    private readonly TableServiceClient _client;
    private readonly Role _role;

    private TablesConnection(TableServiceClient client, Role role)
    {
        (_client, _role) = (client, role);
        Rows = new ExplainedRows(TablesServices.OpenRows(client), Host, role);
    }

    /// <summary>The rows. Errors are <see cref="OperatorException"/>s that say what to do.</summary>
    public ExplainedRows Rows { get; }

    /// <summary>The name of the host.</summary>
    public string Host => _client.Uri.Host;

    /// <summary>Opens the tables.</summary>
    /// <param name="settings">The options.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="role">The role that the command needs.</param>
    /// <exception cref="OperatorException">The tables are not specified, or not correctly.</exception>
    public static TablesConnection Open(TablesSettings settings, OperatorEnvironment environment, Role role) =>
        TryOpen(settings, environment, role)
        ?? throw OperatorException.Usage($"Specify the tables: {TablesAddress.HowToSpecify}.");

    /// <summary>Opens the tables; returns null if they are not specified.</summary>
    /// <exception cref="OperatorException">The tables are not specified correctly.</exception>
    public static TablesConnection? TryOpen(TablesSettings settings, OperatorEnvironment environment, Role role) =>
        TablesAddress.Find(settings, environment) is { } address
            ? new TablesConnection(address.CreateClient(new DefaultAzureCredential(), Options(environment)), role)
            : null;

    /// <summary>Checks that a table exists, after nothing was found in it: a missing table reads as empty.</summary>
    /// <exception cref="OperatorException">The table does not exist.</exception>
    public async Task CheckAsync(RowTable table, CancellationToken cancellationToken)
    {
        try
        {
            await _client.GetTableClient($"{table}").GetEntityAsync<TableEntity>("-", "-", null, cancellationToken);
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested
                && TablesErrors.ExplainMissing(exception, Host, table, _role) is { } sentence
            )
        {
            throw new OperatorException(sentence);
        }
        catch (Azure.RequestFailedException exception) when (exception.Status == 404)
        {
            // The table exists, and has no such row.
        }
    }

    private static TableClientOptions Options(OperatorEnvironment environment)
    {
        TableClientOptions options = new();
        options.Retry.Mode = RetryMode.Fixed;
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(300);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        if (environment.Tables is { } handler)
        {
            options.Transport = new HttpClientTransport(handler);
        }

        return options;
    }
}
