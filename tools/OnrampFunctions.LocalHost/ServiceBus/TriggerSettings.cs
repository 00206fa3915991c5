using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>
/// The settings of the Service Bus trigger: section <c>extensions:serviceBus</c> of the app's own <c>host.json</c>.
/// </summary>
internal static class TriggerSettings
{
    private static readonly IConfigurationSection Section = Read();

    /// <summary>The retry options of the trigger's client.</summary>
    public static ServiceBusClientOptions Client =>
        new()
        {
            RetryOptions = new ServiceBusRetryOptions
            {
                Mode = Section.GetValue<ServiceBusRetryMode>("clientRetryOptions:mode"),
                MaxRetries = Section.GetValue<int>("clientRetryOptions:maxRetries"),
                Delay = Section.GetValue<TimeSpan>("clientRetryOptions:delay"),
                MaxDelay = Section.GetValue<TimeSpan>("clientRetryOptions:maxDelay"),
                TryTimeout = Section.GetValue<TimeSpan>("clientRetryOptions:tryTimeout"),
            },
        };

    /// <summary>How the trigger receives, except for the concurrency.</summary>
    public static ServiceBusProcessorOptions Processor =>
        new()
        {
            AutoCompleteMessages = Section.GetValue<bool>("autoCompleteMessages"),
            MaxAutoLockRenewalDuration = Section.GetValue<TimeSpan>("maxAutoLockRenewalDuration"),
            PrefetchCount = Section.GetValue<int>("prefetchCount"),
            ReceiveMode = ServiceBusReceiveMode.PeekLock,
        };

    /// <summary>Concurrent messages per instance.</summary>
    public static int MaxConcurrentCalls => Section.GetValue<int>("maxConcurrentCalls");

    private static IConfigurationSection Read()
    {
        using var file = typeof(TriggerSettings).Assembly.GetManifestResourceStream("host.json")!;
        return new ConfigurationBuilder().AddJsonStream(file).Build().GetSection("extensions:serviceBus");
    }
}
