namespace OnrampFunctions.Local;

/// <summary>The service's port to the queue, over the local broker.</summary>
internal sealed class LocalCancelQueue(MessageBroker broker, Faults faults) : ICancelQueue
{
    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
        GuardedAsync(message, () => broker.Requests.Send(BrokerMessages.Of(message)), cancellationToken);

    public Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        GuardedAsync(message, () => broker.Requests.Schedule(BrokerMessages.Of(message), dueAt), cancellationToken);

    public async Task<ScheduledCancel?> FindScheduledAsync(string messageId, long sequenceNumber, CancellationToken cancellationToken)
    {
        await faults.PassAsync(BrokerPart.Queue, cancellationToken);
        return broker.Requests.FindScheduled(messageId) is var (number, dueAt) ? new ScheduledCancel(number, dueAt) : null;
    }

    public async Task<bool> CancelTimeoutAsync(long sequenceNumber, CancellationToken cancellationToken)
    {
        await faults.PassAsync(BrokerPart.Queue, cancellationToken);
        return broker.Requests.CancelScheduled(sequenceNumber, static message => MessageProperties.IsTimeout(message.Properties));
    }

    private async Task<T> GuardedAsync<T>(OutboundMessage message, Func<T> send, CancellationToken cancellationToken)
    {
        await faults.PassAsync(BrokerPart.Queue, cancellationToken);
        if (faults.HitsTry(FaultKind.ScheduleRefused, message.MessageId))
        {
            throw new BrokerUnavailableException("The queue refused the message.");
        }

        var sent = send();
        return faults.HitsTry(FaultKind.ScheduleAnswerLost, message.MessageId)
            ? throw new BrokerUnavailableException("The queue's answer was lost.")
            : sent;
    }
}
