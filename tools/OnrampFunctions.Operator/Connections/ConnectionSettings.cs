using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Where the queue is: what every command takes.</summary>
internal class ConnectionSettings : CommandSettings
{
    [CommandOption("-n|--namespace <HOST>")]
    [Description(
        "Service Bus namespace, for example sb-example.servicebus.windows.net, reached by your own sign-in (az login). Else: variable ServiceBus__fullyQualifiedNamespace"
    )]
    public string? Namespace { get; init; }

    [CommandOption("-c|--connection-string <TEXT>")]
    [Description(
        "Instead of it, for the local host and the emulator. Else: variable ServiceBus, which, unlike an option, is in no list of processes"
    )]
    public string? ConnectionString { get; init; }

    [CommandOption("-q|--queue <NAME>")]
    [Description("Queue of cancel requests. Else: variable CancelRequestsQueue, or cancel-requests")]
    public string? Queue { get; init; }

    [CommandOption("--json")]
    [Description("JSON on standard output, for scripts")]
    public bool Json { get; init; }
}
