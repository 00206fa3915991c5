using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>Which dead letters: all of what is given must be so.</summary>
internal class DeadLetterSettings : ConnectionSettings
{
    [CommandArgument(0, "[NUMBER]")]
    [Description("Sequence numbers, as list shows them; none for every dead letter")]
    public long[] Numbers { get; init; } = [];

    [CommandOption("-r|--reason <REASON>")]
    [Description("Reason, in any case; may be repeated")]
    public string[] Reasons { get; init; } = [];

    [CommandOption("--older-than <TIME>")]
    [Description("Sent longer ago than that: 90s, 30m, 12h, 7d")]
    public string? OlderThan { get; init; }

    [CommandOption("--newer-than <TIME>")]
    [Description("Sent since then")]
    public string? NewerThan { get; init; }

    [CommandOption("-o|--order <ORDER>")]
    [Description("Order id or hash")]
    public string? Order { get; init; }

    [CommandOption("--caller <NAME>")]
    [Description("Who asked")]
    public string? Caller { get; init; }
}

/// <summary>The same for what changes something.</summary>
internal sealed class DeadLetterChangeSettings : DeadLetterSettings
{
    [CommandOption("--dry-run")]
    [Description("Show what it would do, and do nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask")]
    public bool Yes { get; init; }

    [CommandOption("--rate <COUNT>")]
    [Description("How many a second, at most")]
    [DefaultValue(50)]
    public int Rate { get; init; } = 50;
}
