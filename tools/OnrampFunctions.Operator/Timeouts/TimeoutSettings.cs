using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>Which timeouts.</summary>
internal class TimeoutSettings : ConnectionSettings
{
    [CommandOption("-o|--order <ORDER>")]
    [Description("Order id or hash")]
    public string? Order { get; init; }

    [CommandOption("--caller <NAME>")]
    [Description("Who armed it")]
    public string? Caller { get; init; }
}

internal sealed class DisarmSettings : TimeoutSettings
{
    [CommandArgument(0, "[TIMEOUT]")]
    [Description("Numbers, as list shows them, or timeout ids, as callers have them")]
    public string[] Timeouts { get; init; } = [];

    [CommandOption("--dry-run")]
    [Description("Show what it would do, and do nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask")]
    public bool Yes { get; init; }
}
