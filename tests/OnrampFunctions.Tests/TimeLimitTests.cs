using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests;

/// <summary>The time limits of the platform, the app and the SDK are consistent.</summary>
public sealed class TimeLimitTests
{
    private static readonly JsonElement Host = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Root", "host.json")))
        .RootElement;

    [Fact]
    public void A_message_that_is_held_to_the_last_is_settled_well_inside_the_functions_time()
    {
        var handling =
            new QueueOptions().MaxHandlingTime
            + new QueueOptions().OperationTimeout
            + new OutcomesOptions().PublishTimeout;
        Assert.InRange(
            handling + MessageDispatcher.SettlementTimeout,
            TimeSpan.Zero,
            Time(Host, "functionTimeout") - TimeSpan.FromSeconds(5)
        );
    }

    /// <summary>
    /// An idle receiver exports a span for each attempt. For everything else that the host's client does, settling and
    /// renewing locks, the function waits no longer than <see cref="MessageDispatcher.SettlementTimeout"/>.
    /// </summary>
    [Fact]
    public void An_idle_instance_asks_for_messages_no_oftener_than_once_a_minute_and_receiver() =>
        Assert.Equal(
            new ServiceBusRetryOptions().TryTimeout,
            Time(ServiceBus.GetProperty("clientRetryOptions"), "tryTimeout")
        );

    private static JsonElement ServiceBus => Host.GetProperty("extensions").GetProperty("serviceBus");

    private static TimeSpan Time(JsonElement element, string name) =>
        TimeSpan.Parse(element.GetProperty(name).GetString()!, null);
}
