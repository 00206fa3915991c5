using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Timeouts;

internal sealed class ListTimeoutsSettings : TablesSettings
{
    [CommandOption("--state <STATE>")]
    [Description(
        "Only timeouts in this state (armed, firing, fired, disarmed); may be repeated. Default: armed, firing"
    )]
    public string[] States { get; init; } = [];

    [CommandOption("--caller <NAME>")]
    [Description("Only timeouts that this caller armed")]
    public string? Caller { get; init; }
}

/// <summary>The options that name the timeouts of one order.</summary>
internal class OrderTimeoutSettings : TablesSettings
{
    [CommandOption("-o|--order <ORDER>")]
    [Description("Order id, or hash: and the order's hash")]
    public string? Order { get; init; }

    [CommandOption("--caller <NAME>")]
    [Description("Only the timeout that this caller armed. Default: those of all callers")]
    public string? Caller { get; init; }
}

internal sealed class DisarmSettings : OrderTimeoutSettings
{
    [CommandOption("--dry-run")]
    [Description("Show what would be done, and do nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask for confirmation")]
    public bool Yes { get; init; }
}
