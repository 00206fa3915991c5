using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests;

/// <summary>
/// A topic that blocks every send until the test decides its result.
/// </summary>
internal sealed class HeldTopic : ServiceBusClient
{
    /// <summary>The maximum number of messages in a batch.</summary>
    public int BatchSize { get; set; } = 3;

    /// <summary>The sends in order, each with its result.</summary>
    public List<(string[] MessageIds, TaskCompletionSource Answer)> Sends { get; } = [];

    /// <summary>The maximum size of a message in a batch, in bytes.</summary>
    public int Limit { get; set; } = 100;

    public override ServiceBusSender CreateSender(string queueOrTopicName) => new Sender(this);

    public override ServiceBusReceiver CreateReceiver(string queueName) => null!;

#pragma warning disable CA2215 // The client of a test has no connection: its own end fails without one.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215

    private Task Hold(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken)
    {
        TaskCompletionSource answer = new();
        Sends.Add(([.. messages.Select(static message => message.MessageId)], answer));
        return answer.Task.WaitAsync(cancellationToken);
    }

    private sealed class Sender(HeldTopic topic) : ServiceBusSender
    {
        public override string FullyQualifiedNamespace => "test.servicebus.windows.net";

        private readonly List<ServiceBusMessage> _batch = [];

        public override Task SendMessageAsync(
            ServiceBusMessage message,
            CancellationToken cancellationToken = default
        ) =>
            message.Body.ToMemory().Length > topic.Limit
                ? throw new ServiceBusException("Too large.", ServiceBusFailureReason.MessageSizeExceeded)
                : topic.Hold([message], cancellationToken);

        public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(
            CancellationToken cancellationToken = default
        )
        {
            _batch.Clear();
            return ValueTask.FromResult(
                ServiceBusModelFactory.ServiceBusMessageBatch(
                    0,
                    _batch,
                    tryAddCallback: message =>
                        _batch.Count < topic.BatchSize && message.Body.ToMemory().Length <= topic.Limit
                )
            );
        }

        public override Task SendMessagesAsync(
            ServiceBusMessageBatch messageBatch,
            CancellationToken cancellationToken = default
        ) => topic.Hold([.. _batch], cancellationToken);
    }
}
