namespace OnrampFunctions.LocalHost.Broker;

/// <summary>
/// Where clients send, by AMQP or by HTTP: a queue, or a topic's inbox, with what goes wrong there on purpose.
/// </summary>
/// <param name="queue">The queue or the inbox.</param>
/// <param name="part">What of the service's own it is; null for entities of other programs.</param>
/// <param name="faults">What goes wrong.</param>
internal sealed class Destination(MessageQueue queue, BrokerPart? part, FaultInjector faults)
{
    private readonly bool _isTopic = queue.Forward is not null;

    /// <summary>Finds the queue or the topic of a path; null when there is none.</summary>
    public static Destination? Find(string path, MessageBroker broker, FaultInjector faults) =>
        broker.TryFindDestination(path, out var queue)
            ? new Destination(
                queue,
                queue == broker.Requests ? BrokerPart.Queue
                    : queue == broker.Results.Inbox ? BrokerPart.Topic
                    : null,
                faults
            )
            : null;

    /// <summary>Ends when the destination lets an operation through; not while it is meant to hang.</summary>
    /// <exception cref="BrokerFaultException">It refuses everything.</exception>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public Task PassAsync(CancellationToken cancellationToken) =>
        part is { } own ? faults.PassAsync(own, cancellationToken) : Task.CompletedTask;

    /// <summary>Takes a message, for now or for later; answers its number if it is for later, else 0.</summary>
    /// <exception cref="BrokerFaultException">It refuses, or pretends to.</exception>
    public long Take(BrokerMessage message, DateTimeOffset? dueAt)
    {
        if (faults.HitsTry(_isTopic ? FaultKind.PublishRefused : FaultKind.ScheduleRefused, message.MessageId))
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

        return faults.HitsTry(_isTopic ? FaultKind.PublishAnswerLost : FaultKind.ScheduleAnswerLost, message.MessageId)
            ? throw new BrokerFaultException(
                "The broker took the message, and says on purpose that it did not.",
                wasDone: true
            )
            : sequenceNumber;
    }
}
