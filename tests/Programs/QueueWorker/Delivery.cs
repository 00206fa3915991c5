using System.Text.Json;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using OnrampFunctions;

namespace QueueWorker;

/// <summary>
/// The app's message functions for a host without the Service Bus extension: receives a message as text and returns how
/// the function settled it.
/// </summary>
public sealed class Delivery(OrderMessages messages, OutcomeRecords records)
{
    /// <summary>Calls the app's queue function with the message.</summary>
    [Function(nameof(Delivery))]
    public Task<string> RunAsync(
        [ServiceBusTrigger("%CancelRequestsQueue%", Connection = "ServiceBus")] string message
    ) => RunAsync(message, messages.RunAsync);

    /// <summary>Calls the app's recorder with the event.</summary>
    [Function(nameof(RecordAsync))]
    public Task<string> RecordAsync(
        [ServiceBusTrigger("%CancelResultsTopic%", "%CancelRecordsSubscription%", Connection = "ServiceBus")]
            string message
    ) => RunAsync(message, records.RecordAsync);

    private static async Task<string> RunAsync(
        string message,
        Func<ServiceBusReceivedMessage, ServiceBusMessageActions, Task> run
    )
    {
        using var parts = JsonDocument.Parse(message);
        var received = ServiceBusReceivedMessage.FromAmqpMessage(
            AmqpAnnotatedMessage.FromBytes(
                BinaryData.FromBytes(parts.RootElement.GetProperty("amqp").GetBytesFromBase64())
            ),
            BinaryData.FromBytes(Guid.Parse(parts.RootElement.GetProperty("lockToken").GetString()!).ToByteArray())
        );
        ReturnedActions actions = new();
        await run(received, actions);
        return actions.Settlement;
    }

    private sealed class ReturnedActions : ServiceBusMessageActions
    {
        public string Settlement { get; private set; } = Write("none", [], null, null);

        public override Task CompleteMessageAsync(
            ServiceBusReceivedMessage message,
            CancellationToken cancellationToken = default
        ) => Return(Write("complete", [], null, null));

        public override Task AbandonMessageAsync(
            ServiceBusReceivedMessage message,
            IDictionary<string, object>? propertiesToModify = default,
            CancellationToken cancellationToken = default
        ) => Return(Write("abandon", propertiesToModify ?? new Dictionary<string, object>(), null, null));

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message,
            Dictionary<string, object>? propertiesToModify = default,
            string? deadLetterReason = default,
            string? deadLetterErrorDescription = default,
            CancellationToken cancellationToken = default
        ) => Return(Write("dead-letter", propertiesToModify ?? [], deadLetterReason, deadLetterErrorDescription));

        private Task Return(string settlement)
        {
            Settlement = settlement;
            return Task.CompletedTask;
        }

        private static string Write(
            string action,
            IEnumerable<KeyValuePair<string, object>> properties,
            string? reason,
            string? description
        ) =>
            JsonSerializer.Serialize(
                new
                {
                    action,
                    properties = properties.ToDictionary(),
                    reason,
                    description,
                }
            );
    }
}
