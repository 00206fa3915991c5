using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Connections;

/// <summary>The options of the commands that use the tables.</summary>
internal class TablesSettings : ConnectionSettings
{
    [CommandOption("--tables <ADDRESS>")]
    [Description(
        "Table service of the app's storage account, for example https://stexample.table.core.windows.net, which uses "
            + "your own sign-in (az login). Default: the environment variables with the names of the app's settings "
            + "(Records__TableServiceUri, Records__ConnectionString, AzureWebJobsStorage__tableServiceUri, "
            + "AzureWebJobsStorage); with the namespace of the local host, its tables"
    )]
    public string? Tables { get; init; }
}
