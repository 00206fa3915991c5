using Microsoft.Azure.Functions.Worker;
using OnrampFunctions;

namespace QueueWorker;

/// <summary>The app's message functions for a host without the Service Bus extension.</summary>
public sealed class Delivery(OrderMessages messages, OutcomeRecords records)
{
    /// <summary>Calls the app's queue function with the message.</summary>
    [Function(nameof(Delivery))]
    public Task<string> RunAsync(
        [ServiceBusTrigger("%CancelRequestsQueue%", Connection = "ServiceBus")] string message
    ) => TextDelivery.RunAsync(message, messages.RunAsync);

    /// <summary>Calls the app's recorder with the event.</summary>
    [Function(nameof(RecordAsync))]
    public Task<string> RecordAsync(
        [ServiceBusTrigger("%CancelResultsTopic%", "%CancelRecordsSubscription%", Connection = "ServiceBus")]
            string message
    ) => TextDelivery.RunAsync(message, records.RecordAsync);
}
