namespace Onramp.Cancellation.Tests;

/// <summary>The result topic: keeps what it took, or refuses.</summary>
internal sealed class RecordingTopic : IOutcomePublisher
{
    private readonly Lock _lock = new();

    public List<OutboundMessage> Events { get; } = [];

    public bool Refuses { get; set; }

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken)
    {
        if (Refuses)
        {
            throw new IOException("The topic is not to be had.");
        }

        lock (_lock)
        {
            Events.Add(outcome);
        }

        return Task.CompletedTask;
    }
}

internal static class SentMessages
{
    /// <summary>The value of an application property; it must be there.</summary>
    public static object Property(this OutboundMessage sent, string name) => sent.Properties.Single(property => property.Key == name).Value;
}

/// <summary>The queue: keeps what it took, or refuses; gives numbers to scheduled messages.</summary>
internal sealed class RecordingQueue : ICancelQueue
{
    public List<OutboundMessage> Sent { get; } = [];

    public SortedDictionary<long, (OutboundMessage Message, DateTimeOffset DueAt)> Scheduled { get; } = [];

    public bool Refuses { get; set; }

    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        Check();
        Sent.Add(message);
        return Task.CompletedTask;
    }

    public Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        Check();
        var number = Scheduled.Count + 1L;
        Scheduled.Add(number, (message, dueAt));
        return Task.FromResult(number);
    }

    public Task<bool> CancelTimeoutAsync(long sequenceNumber, CancellationToken cancellationToken)
    {
        Check();
        return Task.FromResult(Scheduled.Remove(sequenceNumber));
    }

    private void Check()
    {
        if (Refuses)
        {
            throw new IOException("The queue is not to be had.");
        }
    }
}
