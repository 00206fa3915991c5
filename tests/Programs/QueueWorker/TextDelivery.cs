using System.Text.Json;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace QueueWorker;

/// <summary>
/// Binds and settles a message for a host without the Service Bus extension: receives it as text and returns how the
/// function settled it.
/// </summary>
internal static class TextDelivery
{
    /// <summary>Calls a function with the message of a text.</summary>
    /// <returns>How the function settled it.</returns>
    public static async Task<string> RunAsync(
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
