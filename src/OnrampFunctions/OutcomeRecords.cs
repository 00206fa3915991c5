using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Onramp.Cancellation.ServiceBus;
using Onramp.Cancellation.Storage;

namespace OnrampFunctions;

/// <summary>The triggers that keep the records: one writes them, the other deletes those that are no longer kept.</summary>
public sealed class OutcomeRecords(OutcomeDispatcher dispatcher, RowRetention retention)
{
    /// <summary>Records one outcome event, and settles it.</summary>
    [Function("RecordOutcome")]
    public Task RecordAsync(
        [ServiceBusTrigger(
            "%CancelResultsTopic%",
            "%CancelRecordsSubscription%",
            Connection = "ServiceBus",
            AutoCompleteMessages = false
        )]
            ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions
    ) => dispatcher.DispatchAsync(message, new FunctionActions(message, actions));

    /// <summary>Deletes rows that are no longer kept, every hour at a quarter past.</summary>
    [Function("DeleteExpiredRecords")]
    public Task DeleteAsync([TimerTrigger("0 15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        retention.DeleteExpiredAsync(cancellationToken);
}
