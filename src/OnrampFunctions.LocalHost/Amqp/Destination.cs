namespace OnrampFunctions.Local.Amqp;

/// <summary>Where clients send: a queue, or a topic's inbox, with what goes wrong there on purpose.</summary>
/// <param name="queue">The queue or the inbox.</param>
/// <param name="part">What of the service's own it is; null for entities of other programs.</param>
/// <param name="faults">What goes wrong.</param>
internal sealed class Destination(MessageQueue queue, BrokerPart? part, Faults faults)
{
    private readonly bool _isTopic = queue.Forward is not null;

    /// <summary>Ends when the destination lets an operation through; never while it is meant to hang.</summary>
    /// <exception cref="BrokerUnavailableException">It refuses everything.</exception>
    public Task PassAsync() => part is { } own ? faults.PassAsync(own, CancellationToken.None) : Task.CompletedTask;

    /// <summary>Takes a message, for now or for later; answers its number if it is for later, else 0.</summary>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">The broker refuses, or pretends to.</exception>
    public long Take(IncomingMessage incoming)
    {
        var (message, dueAt) = incoming;
        if (faults.HitsTry(_isTopic ? FaultKind.PublishRefused : FaultKind.ScheduleRefused, message.MessageId))
        {
            throw AmqpErrors.Busy("The broker refused the message on purpose.");
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
            ? throw AmqpErrors.Busy("The broker took the message, and says on purpose that it did not.")
            : sequenceNumber;
    }
}
