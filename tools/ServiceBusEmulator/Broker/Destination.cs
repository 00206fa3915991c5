namespace ServiceBusEmulator.Broker;

/// <summary>Where clients send: a queue, or the inbox of a topic, with the faults that are injected there.</summary>
internal sealed class Destination(MessageQueue queue, IBrokerFaults faults)
{
    private readonly OperationFault _refusal = queue.IsTopic
        ? OperationFault.TopicRefusal
        : OperationFault.QueueRefusal;
    private readonly OperationFault _answerLost = queue.IsTopic
        ? OperationFault.TopicAnswerLost
        : OperationFault.QueueAnswerLost;

    /// <summary>Finds the queue or topic with a path; null when there is none.</summary>
    public static Destination? Find(string path, MessageBroker broker, IBrokerFaults faults) =>
        broker.TryFindDestination(path, out var queue) ? new Destination(queue, faults) : null;

    /// <inheritdoc cref="IBrokerFaults.AdmitAsync"/>
    public Task AdmitAsync(CancellationToken cancellationToken) => faults.AdmitAsync(queue.Name, cancellationToken);

    /// <summary>Stores or schedules a message; returns the sequence number of a scheduled one, otherwise 0.</summary>
    /// <exception cref="BrokerFaultException">The message is refused, or reported as refused.</exception>
    public long Accept(BrokerMessage message, DateTimeOffset? dueAt)
    {
        if (faults.Hits(_refusal, message.MessageId))
        {
            throw new BrokerFaultException("The broker refused the message on purpose.", wasDone: false);
        }

        long sequenceNumber = 0;
        if (dueAt is { } time)
        {
            sequenceNumber = queue.Schedule(message, time);
        }
        else
        {
            queue.Send(message);
        }

        return faults.Hits(_answerLost, message.MessageId)
            ? throw new BrokerFaultException(
                "The broker stored the message and reports on purpose that it did not.",
                wasDone: true
            )
            : sequenceNumber;
    }
}
