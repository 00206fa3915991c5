using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Tables;

/// <summary>
/// Validates the options. Errors say what to set; they never quote a connection string, because it contains a key.
/// </summary>
internal sealed class TablesOptionsValidator : IValidateOptions<TablesOptions>
{
    public ValidateOptionsResult Validate(string? name, TablesOptions options) =>
        FindFault(options) is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;

    private static string? FindFault(TablesOptions options)
    {
        if (options.ServiceUri is { } address)
        {
            return IsServiceUri(address)
                ? null
                : $"{options.Setting} must be the https address of a table service without a query, "
                    + "for example https://stexample.table.core.windows.net.";
        }

        if (options.ConnectionString is { } connectionString)
        {
            return IsConnectionString(connectionString)
                ? null
                : $"{options.Setting} is not a valid connection string of a storage account with tables. Copy the "
                    + "complete string from the account (DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…), "
                    + "or use UseDevelopmentStorage=true for the emulator.";
        }

        return "Set AzureWebJobsStorage__tableServiceUri (the table service of the app's storage account, for example "
            + "https://stexample.table.core.windows.net, reached with the app's identity) or AzureWebJobsStorage (a "
            + "connection string, for the emulator). Records__TableServiceUri and Records__ConnectionString name "
            + "another account.";
    }

    private static bool IsServiceUri(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Query: "", Fragment: "", UserInfo: "" }
        && uri.Scheme == Uri.UriSchemeHttps;

    private static bool IsConnectionString(string connectionString)
    {
        try
        {
            // Opens no connection.
            _ = new TableServiceClient(connectionString);
            return true;
        }
        catch (Exception exception)
            when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
