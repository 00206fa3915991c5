using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Status;

internal sealed class StatusSettings : TablesSettings
{
    [CommandOption("-t|--topic <NAME>")]
    [Description("Topic of outcome events. Default: environment variable CancelResultsTopic, or cancel-results")]
    public string? Topic { get; init; }

    [CommandOption("-s|--subscription <NAME>")]
    [Description(
        "Subscription to show; may be repeated. Default: all, which needs the role Azure Service Bus Data Owner"
    )]
    public string[] Subscriptions { get; init; } = [];

    [CommandOption("--app <URL>")]
    [Description("Also check the health of the app, for example https://func-example.azurewebsites.net")]
    public string? App { get; init; }

    [CommandOption("--limit <COUNT>")]
    [Description("Maximum number of messages to count in each queue or subscription")]
    [DefaultValue(20_000)]
    public int Limit { get; init; } = 20_000;
}
