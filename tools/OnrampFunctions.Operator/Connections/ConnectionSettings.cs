using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Connections;

/// <summary>The options of every command.</summary>
internal class ConnectionSettings : CommandSettings
{
    [CommandOption("-n|--namespace <HOST>")]
    [Description(
        "Service Bus namespace, for example sb-example.servicebus.windows.net, which uses your own sign-in (az login). "
            + "Default: environment variable ServiceBus__fullyQualifiedNamespace"
    )]
    public string? Namespace { get; init; }

    [CommandOption("-c|--connection-string <TEXT>")]
    [Description(
        "Connection string to use instead, for the local host and the emulator. Default: environment "
            + "variable ServiceBus, which, unlike an option, is not visible in the list of processes"
    )]
    public string? ConnectionString { get; init; }

    [CommandOption("-q|--queue <NAME>")]
    [Description("Queue of cancel requests. Default: environment variable CancelRequestsQueue, or cancel-requests")]
    public string? Queue { get; init; }

    [CommandOption("--json")]
    [Description("Write JSON to standard output, for scripts")]
    public bool Json { get; init; }
}
