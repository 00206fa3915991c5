using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.Tables;

/// <summary>
/// The storage account of the tables: that of the Functions host, unless a setting of the section <c>Records</c> names
/// another one.
/// </summary>
internal sealed class TablesOptions
{
    /// <summary>
    /// Setting <c>Records__TableServiceUri</c>, or else <c>AzureWebJobsStorage__tableServiceUri</c>: an account reached
    /// with the app's identity, for example <c>https://stexample.table.core.windows.net</c>.
    /// </summary>
    public string? ServiceUri { get; set; }

    /// <summary>
    /// Setting <c>Records__ConnectionString</c>, or else <c>AzureWebJobsStorage</c>: for an emulator and for accounts
    /// that allow keys. Null when a URI takes precedence.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The setting from which the value is, for error messages.</summary>
    public string? Setting { get; set; }

    public static void Read(TablesOptions options, IConfiguration configuration)
    {
        // The account of the records takes precedence over that of the host, and a URI over a connection string.
        foreach (
            var (uri, connectionString) in new[]
            {
                ("Records:TableServiceUri", "Records:ConnectionString"),
                ("AzureWebJobsStorage:tableServiceUri", "AzureWebJobsStorage"),
            }
        )
        {
            if (configuration[uri] is { Length: > 0 } address)
            {
                (options.ServiceUri, options.Setting) = (address, NameOf(uri));
                return;
            }

            if (configuration[connectionString] is { Length: > 0 } connection)
            {
                (options.ConnectionString, options.Setting) = (connection, NameOf(connectionString));
                return;
            }
        }
    }

    private static string NameOf(string key) => key.Replace(":", "__", StringComparison.Ordinal);
}
