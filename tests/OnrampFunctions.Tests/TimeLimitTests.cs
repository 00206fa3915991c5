using System.Text.Json;

namespace OnrampFunctions.Tests;

/// <summary>The limits of the platform, of the app and of the SDK fit into one another.</summary>
public sealed class TimeLimitTests
{
    private static readonly JsonElement Host = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Root", "host.json"))).RootElement;

    [Fact]
    public void A_message_that_is_held_to_the_last_is_settled_well_inside_the_functions_time()
    {
        var handling = new QueueOptions().MaxHandlingTime + new QueueOptions().OperationTimeout + new OutcomesOptions().PublishTimeout;
        Assert.InRange(handling + MessageDispatcher.SettlementTimeout, TimeSpan.Zero, Time(Host, "functionTimeout") - TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_hosts_own_tries_at_the_broker_end_before_a_message_would_be_forgotten()
    {
        var retry = ServiceBus.GetProperty("clientRetryOptions");
        var tries = 1 + retry.GetProperty("maxRetries").GetInt32();
        Assert.InRange(tries * (Time(retry, "tryTimeout") + Time(retry, "maxDelay")), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static JsonElement ServiceBus => Host.GetProperty("extensions").GetProperty("serviceBus");

    private static TimeSpan Time(JsonElement element, string name) => TimeSpan.Parse(element.GetProperty(name).GetString()!, null);
}
