namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>What <c>--help</c> prints.</summary>
internal static class CommandHelp
{
    private static readonly string[] Options = ["--help", "-h", "-?"];

    public const string Text = """
        The whole order cancellation service on this machine, with a simulated provider, Service Bus, vault and tables.

        USAGE:
            dotnet run --project tools/OnrampFunctions.LocalHost [-- OPTIONS]

        OPTIONS:
            --urls http://localhost:7080     Where it listens, on this machine only; port 0 takes a free one.
            --LocalHost:Amqp off             Where Service Bus clients connect: localhost:5672, another port, or off.
            --LocalHost:ForFunctionsApp true Leaves the queue to the Functions app.
            --SECTION:NAME VALUE             Any other setting, such as --Onramp:CallTimeout 00:00:02.
            --help                           Prints this text.

        A setting is also an environment variable with two underscores, such as LocalHost__Amqp=off.

        SETTINGS OF THE LOCAL HOST:
            LocalHost__Url, LocalHost__Amqp, LocalHost__ForFunctionsApp, LocalHost__EmulatorConfig,
            LocalHost__Receivers, LocalHost__LockDuration, LocalHost__MaxDeliveryCount,
            LocalHost__DuplicateWindow, LocalHost__KeptMessages, LocalHost__Partitions, LocalHost__ApiKey,
            LocalHost__ApiSecret, LocalHost__WebhookSecret, LocalHost__Vault

        docs/local-host-reference.md explains them and docs/configuration.md those of the service.

        EXIT CODES:
            0    it was stopped, or printed this text
            1    it could not start; the last line says why


        """;

    public static bool IsAskedFor(string[] args) => args.Any(Options.Contains);
}
