using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace OnrampFunctions.Tests;

/// <summary>A namespace with one queue and one topic that keeps sent messages or fails.</summary>
internal sealed class FakeServiceBus : ServiceBusClient
{
    public Dictionary<string, List<ServiceBusMessage>> Sent { get; } = [];

    public SortedDictionary<long, (ServiceBusMessage Message, DateTimeOffset DueAt)> Scheduled { get; } = [];

    /// <summary>The due messages of the queue.</summary>
    public SortedDictionary<long, ServiceBusMessage> Active { get; } = [];

    /// <summary>The exception of every send to this entity.</summary>
    public Dictionary<string, Exception> Faults { get; } = [];

    /// <summary>
    /// Whether a scheduled message becomes due, or is cancelled by another client, between peek and cancellation.
    /// </summary>
    public bool IsGoneAfterPeek { get; set; }

    public override ServiceBusSender CreateSender(string queueOrTopicName) => new Sender(this, queueOrTopicName);

    public override ServiceBusReceiver CreateReceiver(string queueName) => new Receiver(this);

    private void Check(string entity)
    {
        if (Faults.TryGetValue(entity, out var fault))
        {
            throw fault;
        }
    }

    private sealed class Sender(FakeServiceBus bus, string entity) : ServiceBusSender
    {
        public override string FullyQualifiedNamespace => "test.servicebus.windows.net";

        public override string EntityPath => "cancel-requests";

        public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bus.Check(entity);
            if (!bus.Sent.TryGetValue(entity, out var sent))
            {
                bus.Sent[entity] = sent = [];
            }

            sent.Add(message);
            return Task.CompletedTask;
        }

        public override Task<long> ScheduleMessageAsync(
            ServiceBusMessage message,
            DateTimeOffset scheduledEnqueueTime,
            CancellationToken cancellationToken = default
        )
        {
            bus.Check(entity);
            var number = 100L + bus.Scheduled.Count;
            bus.Scheduled[number] = (message, scheduledEnqueueTime);
            return Task.FromResult(number);
        }

        public override Task CancelScheduledMessageAsync(
            long sequenceNumber,
            CancellationToken cancellationToken = default
        )
        {
            bus.Check(entity);
            return bus.IsGoneAfterPeek || !bus.Scheduled.Remove(sequenceNumber)
                ? throw new ServiceBusException("The message was not found.", ServiceBusFailureReason.MessageNotFound)
                : Task.CompletedTask;
        }
    }

    private sealed class Receiver(FakeServiceBus bus) : ServiceBusReceiver
    {
        public override async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
            int maxMessages,
            long? fromSequenceNumber = default,
            CancellationToken cancellationToken = default
        )
        {
            List<ServiceBusReceivedMessage> page = [];
            while (
                page.Count < maxMessages
                && await PeekMessageAsync(
                    page.Count == 0 ? fromSequenceNumber : page[^1].SequenceNumber + 1,
                    cancellationToken
                )
                    is { } next
            )
            {
                page.Add(next);
            }

            return page;
        }

        public override Task<ServiceBusReceivedMessage> PeekMessageAsync(
            long? fromSequenceNumber = default,
            CancellationToken cancellationToken = default
        )
        {
            // As in the broker: the first message from that number on, whether due or not, or null.
            var found = bus
                .Scheduled.Select(entry => (entry.Key, entry.Value.Message, State: ServiceBusMessageState.Scheduled))
                .Concat(
                    bus.Active.Select(entry => (entry.Key, Message: entry.Value, State: ServiceBusMessageState.Active))
                )
                .Where(entry => entry.Key >= fromSequenceNumber)
                .OrderBy(entry => entry.Key)
                .FirstOrDefault();
            return Task.FromResult(
                found.Message is null
                    ? null!
                    : ServiceBusModelFactory.ServiceBusReceivedMessage(
                        body: found.Message.Body,
                        messageId: found.Message.MessageId,
                        properties: found.Message.ApplicationProperties,
                        sequenceNumber: found.Key,
                        serviceBusMessageState: found.State,
                        scheduledEnqueueTime: bus.Scheduled.GetValueOrDefault(found.Key).DueAt
                    )
            );
        }
    }
}

/// <summary>Records the settlement without settling, or fails.</summary>
internal sealed class FakeActions : ServiceBusMessageActions
{
    public List<string> Settled { get; } = [];

    public Exception? Fault { get; set; }

    /// <summary>Whether a settlement never ends.</summary>
    public bool Hangs { get; set; }

    /// <summary>Completes with the first settlement.</summary>
    public Task Called => _called.Task;

    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task CompleteMessageAsync(
        ServiceBusReceivedMessage message,
        CancellationToken cancellationToken = default
    ) => Settle("complete", cancellationToken);

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message,
        IDictionary<string, object>? propertiesToModify = default,
        CancellationToken cancellationToken = default
    ) =>
        Settle(
            propertiesToModify is null ? "abandon" : $"abandon with {string.Join(", ", propertiesToModify.Keys)}",
            cancellationToken
        );

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = default,
        string? deadLetterReason = default,
        string? deadLetterErrorDescription = default,
        CancellationToken cancellationToken = default
    ) => Settle($"dead-letter {deadLetterReason}: {deadLetterErrorDescription}", cancellationToken);

    private Task Settle(string how, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Settled.Add(how);
        _called.TrySetResult();
        if (Hangs)
        {
            return new TaskCompletionSource().Task;
        }

        return Fault is null ? Task.CompletedTask : Task.FromException(Fault);
    }
}
