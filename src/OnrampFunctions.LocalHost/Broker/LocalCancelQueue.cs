
namespace OnrampFunctions.Local;

/// <summary>The service's port to the queue, over the local broker.</summary>
internal sealed class LocalCancelQueue(MessageBroker broker, Faults faults) : ICancelQueue
{
    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        Guarded(message, () => broker.Requests.Send(BrokerMessages.Of(message)));
        return Task.CompletedTask;
    }

    public Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        Task.FromResult(Guarded(message, () => broker.Requests.Schedule(BrokerMessages.Of(message), dueAt)));

    public Task<ScheduledCancel?> FindScheduledAsync(string messageId, long sequenceNumber, CancellationToken cancellationToken) =>
        Task.FromResult(broker.Requests.FindScheduled(messageId) is var (number, dueAt) ? new ScheduledCancel(number, dueAt) : (ScheduledCancel?)null);

    public Task<bool> CancelTimeoutAsync(long sequenceNumber, CancellationToken cancellationToken) =>
        Task.FromResult(broker.Requests.CancelScheduled(sequenceNumber, static message => MessageProperties.IsTimeout(message.Properties)));

    private T Guarded<T>(OutboundMessage message, Func<T> send)
    {
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
