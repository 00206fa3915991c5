using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Status;

internal sealed class StatusSettings : ConnectionSettings
{
    [CommandOption("-t|--topic <NAME>")]
    [Description("Topic of outcome events. Else: variable CancelResultsTopic, or cancel-results")]
    public string? Topic { get; init; }

    [CommandOption("-s|--subscription <NAME>")]
    [Description(
        "Subscription to look at; may be repeated. Without: all of them, for which you need the role Azure Service Bus Data Owner"
    )]
    public string[] Subscriptions { get; init; } = [];

    [CommandOption("--app <URL>")]
    [Description("Also ask the app whether it is well, for example https://func-example.azurewebsites.net")]
    public string? App { get; init; }

    [CommandOption("--limit <COUNT>")]
    [Description("How many messages of an entity to look at before saying 'more than'")]
    [DefaultValue(20_000)]
    public int Limit { get; init; } = 20_000;
}
