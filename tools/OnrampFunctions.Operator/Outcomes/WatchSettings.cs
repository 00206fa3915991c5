using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Outcomes;

internal sealed class WatchSettings : ConnectionSettings
{
    [CommandOption("-t|--topic <NAME>")]
    [Description("Topic of outcome events. Else: variable CancelResultsTopic, or cancel-results")]
    public string? Topic { get; init; }

    [CommandOption("-s|--subscription <NAME>")]
    [Description(
        "Look at this subscription and take nothing from it. Without: a temporary one, for which you need the role Azure Service Bus Data Owner"
    )]
    public string? Subscription { get; init; }

    [CommandOption("--outcome <NAME>")]
    [Description("Only this outcome; may be repeated")]
    public string[] Outcomes { get; init; } = [];

    [CommandOption("--trigger <NAME>")]
    [Description("Only what this asked for: http, webhook, queue, timeout; may be repeated")]
    public string[] Triggers { get; init; } = [];

    [CommandOption("--since <TIME>")]
    [Description("Begin so long ago, with --subscription: 10m, 2h")]
    public string? Since { get; init; }

    [CommandOption("--for <TIME>")]
    [Description("End after that time; without, at Ctrl+C")]
    public string? For { get; init; }
}
