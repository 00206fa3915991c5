using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>The filters for timeouts.</summary>
internal class TimeoutSettings : ConnectionSettings
{
    [CommandOption("-o|--order <ORDER>")]
    [Description("Order id or hash")]
    public string? Order { get; init; }

    [CommandOption("--caller <NAME>")]
    [Description("Name of the caller that armed it")]
    public string? Caller { get; init; }
}

internal sealed class DisarmSettings : TimeoutSettings
{
    [CommandArgument(0, "[TIMEOUT]")]
    [Description("Sequence numbers from the list, or timeout ids that the API returned")]
    public string[] Timeouts { get; init; } = [];

    [CommandOption("--dry-run")]
    [Description("Show what would be done, and do nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask for confirmation")]
    public bool Yes { get; init; }
}
