using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>The filters for dead letters; all of them must match.</summary>
internal class DeadLetterSettings : ConnectionSettings
{
    [CommandArgument(0, "[NUMBER]")]
    [Description("Sequence numbers from the list. Default: every dead letter")]
    public long[] Numbers { get; init; } = [];

    [CommandOption("-r|--reason <REASON>")]
    [Description("Reason, not case-sensitive; may be repeated")]
    public string[] Reasons { get; init; } = [];

    [CommandOption("--older-than <TIME>")]
    [Description("Only messages older than this: 90s, 30m, 12h, 7d")]
    public string? OlderThan { get; init; }

    [CommandOption("--newer-than <TIME>")]
    [Description("Only messages newer than this")]
    public string? NewerThan { get; init; }

    [CommandOption("-o|--order <ORDER>")]
    [Description("Order id or hash")]
    public string? Order { get; init; }

    [CommandOption("--caller <NAME>")]
    [Description("Name of the caller")]
    public string? Caller { get; init; }
}

/// <summary>The options of the commands that change something.</summary>
internal sealed class DeadLetterChangeSettings : DeadLetterSettings
{
    [CommandOption("--dry-run")]
    [Description("Show what would be done, and do nothing")]
    public bool DryRun { get; init; }

    [CommandOption("-y|--yes")]
    [Description("Do not ask for confirmation")]
    public bool Yes { get; init; }

    [CommandOption("--first <COUNT>")]
    [Description("At most this many of the matching dead letters, the oldest first. Default: all")]
    public int? First { get; init; }

    [CommandOption("--rate <COUNT>")]
    [Description("Maximum messages per second")]
    [DefaultValue(50)]
    public int Rate { get; init; } = 50;
}
