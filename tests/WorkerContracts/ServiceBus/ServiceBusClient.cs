#nullable disable
using Azure.Core;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string connectionString)
    {
    }

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential)
    {
    }

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => throw new NotSupportedException();

    public virtual ServiceBusReceiver CreateReceiver(string queueName) => throw new NotSupportedException();

    public virtual ValueTask DisposeAsync() => default;
}

public class ServiceBusSender : IAsyncDisposable
{
    protected ServiceBusSender()
    {
    }

    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public virtual Task<long> ScheduleMessageAsync(ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public virtual Task CancelScheduledMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public virtual ValueTask DisposeAsync() => default;
}

public class ServiceBusReceiver : IAsyncDisposable
{
    protected ServiceBusReceiver()
    {
    }

    public virtual Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(int maxMessages, long? fromSequenceNumber = default, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public virtual Task<ServiceBusReceivedMessage> PeekMessageAsync(long? fromSequenceNumber = default, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public virtual ValueTask DisposeAsync() => default;
}
