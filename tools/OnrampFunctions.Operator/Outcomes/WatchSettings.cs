using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Outcomes;

internal sealed class WatchSettings : ConnectionSettings
{
    [CommandOption("-t|--topic <NAME>")]
    [Description("Topic of outcome events. Default: environment variable CancelResultsTopic, or cancel-results")]
    public string? Topic { get; init; }

    [CommandOption("-s|--subscription <NAME>")]
    [Description("Peek this subscription. Default: a temporary one, which needs the role Azure Service Bus Data Owner")]
    public string? Subscription { get; init; }

    [CommandOption("--outcome <NAME>")]
    [Description("Show only this outcome; may be repeated")]
    public string[] Outcomes { get; init; } = [];

    [CommandOption("--trigger <NAME>")]
    [Description("Show only this trigger (http, webhook, queue, timeout); may be repeated")]
    public string[] Triggers { get; init; } = [];

    [CommandOption("--since <TIME>")]
    [Description("Include outcomes this far back, for example 10m or 2h; needs --subscription")]
    public string? Since { get; init; }

    [CommandOption("--for <TIME>")]
    [Description("End after this time. Default: until Ctrl+C")]
    public string? For { get; init; }
}
