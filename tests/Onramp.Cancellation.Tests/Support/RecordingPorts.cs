namespace Onramp.Cancellation.Tests;

/// <summary>A fake result topic that keeps events or refuses them.</summary>
internal sealed class RecordingTopic(JumpingClock time) : IOutcomePublisher
{
    private readonly Lock _lock = new();

    public string Destination => "cancel-results";

    public List<OutboundMessage> Events { get; } = [];

    public bool Refuses { get; set; }

    /// <summary>Thrown by every call.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Accepts every event and never responds, whatever the caller's time limit.</summary>
    public bool Hangs { get; set; }

    /// <summary>The number of calls.</summary>
    public int Publications { get; private set; }

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken)
    {
        Publications++;
        if (Fault is not null)
        {
            throw Fault;
        }

        if (Refuses)
        {
            throw new IOException("The topic is not to be had.");
        }

        if (Hangs)
        {
            return Forever.Pass(time);
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
    /// <summary>The value of a required application property.</summary>
    public static object Property(this OutboundMessage sent, string name) =>
        sent.Properties.Single(property => property.Key == name).Value;
}

/// <summary>
/// A fake queue that keeps messages or refuses them. Scheduled messages get a number, even if they are dropped as
/// duplicates.
/// </summary>
internal sealed class RecordingQueue(JumpingClock time) : ICancelQueue
{
    public string Destination => "cancel-requests";

    public string FullyQualifiedNamespace
    {
        get => NamespaceFault is null ? field : throw NamespaceFault;
        set;
    } = "test.servicebus.windows.net";

    /// <summary>Thrown when the namespace is asked for.</summary>
    public Exception? NamespaceFault { get; set; }

    public List<OutboundMessage> Sent { get; } = [];

    public SortedDictionary<long, (OutboundMessage Message, DateTimeOffset DueAt)> Scheduled { get; } = [];

    public bool Refuses { get; set; }

    /// <summary>Thrown by every call.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Whether every scheduled message is too large.</summary>
    public bool IsTooSmall { get; set; }

    /// <summary>Accepts everything and never responds, whatever the caller's time limit.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether it drops messages with a known id.</summary>
    public bool DetectsDuplicates { get; set; }

    private readonly HashSet<string> _ids = [];
    private long _lastNumber;

    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        Check();
        if (Hangs)
        {
            return Forever.Pass(time);
        }

        if (_ids.Add(message.MessageId) || !DetectsDuplicates)
        {
            Sent.Add(message);
        }

        return Task.CompletedTask;
    }

    public Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        Check();
        if (IsTooSmall)
        {
            throw new MessageTooLargeException("Too large.", new IOException());
        }

        if (Hangs)
        {
            return Forever.Pass(time);
        }

        var number = ++_lastNumber;
        if (_ids.Add(message.MessageId) || !DetectsDuplicates)
        {
            Scheduled.Add(number, (message, dueAt));
        }

        return Task.FromResult(number);
    }

    public Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    )
    {
        Check();
        return Hangs
            ? Hang()
            : Task.FromResult(
                Scheduled.TryGetValue(sequenceNumber, out var found)
                    && isTheOne(found.Message.Properties.ToDictionary())
                    && Scheduled.Remove(sequenceNumber)
            );

        async Task<bool> Hang() => await Forever.Pass(time) > 0;
    }

    private void Check()
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        if (Refuses)
        {
            throw new IOException("The queue is not to be had.");
        }
    }
}
