using Microsoft.Extensions.Configuration;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// The namespace and the entities of the app. The Service Bus trigger reads the same settings.
/// </summary>
internal sealed class ServiceBusOptions
{
    /// <summary>
    /// Setting <c>ServiceBus</c>: a connection string, for the emulator and for namespaces that allow keys.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Setting <c>ServiceBus__fullyQualifiedNamespace</c>: a namespace reached with the app's identity, for example
    /// <c>sb-example.servicebus.windows.net</c>.
    /// </summary>
    public string? FullyQualifiedNamespace { get; set; }

    /// <summary>Setting <c>CancelRequestsQueue</c>: the queue of cancel requests.</summary>
    public string? Queue { get; set; }

    /// <summary>Setting <c>CancelResultsTopic</c>: the topic of outcome events.</summary>
    public string? Topic { get; set; }

    /// <summary>
    /// Setting <c>CancelRecordsSubscription</c>: the subscription of the topic from which outcomes are recorded.
    /// </summary>
    public string? Records { get; set; }

    public static void Read(ServiceBusOptions options, IConfiguration configuration)
    {
        options.ConnectionString = configuration["ServiceBus"];
        options.FullyQualifiedNamespace = configuration["ServiceBus:fullyQualifiedNamespace"];
        options.Queue = configuration["CancelRequestsQueue"];
        options.Topic = configuration["CancelResultsTopic"];
        options.Records = configuration["CancelRecordsSubscription"];
    }
}
