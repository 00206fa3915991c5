namespace Onramp.Cancellation.Tests;

/// <summary>The result topic: keeps what it took, or refuses.</summary>
internal sealed class RecordingTopic(JumpingClock time) : IOutcomePublisher
{
    private readonly Lock _lock = new();

    public string Destination => "cancel-results";

    public List<OutboundMessage> Events { get; } = [];

    public bool Refuses { get; set; }

    /// <summary>Takes every event and never answers, whatever its caller's patience.</summary>
    public bool Hangs { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Publications { get; private set; }

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken)
    {
        Publications++;
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

/// <summary>Something that never ends, and does not mind being cancelled.</summary>
internal static class Forever
{
    private static readonly Task<long> Never = new TaskCompletionSource<long>().Task;

    /// <summary>Lets the time pass that its caller has patience for at the most.</summary>
    public static Task<long> Pass(JumpingClock time)
    {
        time.Advance(TimeSpan.FromSeconds(5));
        return Never;
    }
}

internal static class SentMessages
{
    /// <summary>The value of an application property; it must be there.</summary>
    public static object Property(this OutboundMessage sent, string name) =>
        sent.Properties.Single(property => property.Key == name).Value;
}

/// <summary>
/// The queue: keeps what it took, or refuses; gives numbers to scheduled messages, also to those that it drops as
/// duplicates.
/// </summary>
internal sealed class RecordingQueue(JumpingClock time) : ICancelQueue
{
    public string Destination => "cancel-requests";

    public string FullyQualifiedNamespace { get; set; } = "test.servicebus.windows.net";

    public List<OutboundMessage> Sent { get; } = [];

    public SortedDictionary<long, (OutboundMessage Message, DateTimeOffset DueAt)> Scheduled { get; } = [];

    public bool Refuses { get; set; }

    /// <summary>Whether every message that is due later is too large for it.</summary>
    public bool IsTooSmall { get; set; }

    /// <summary>Takes everything and never answers, whatever its caller's patience.</summary>
    public bool Hangs { get; set; }

    /// <summary>Whether it drops what has the id of a message that it took before.</summary>
    public bool DetectsDuplicates { get; set; }

    /// <summary>Happens before a scheduled message is looked for.</summary>
    public Action? OnFind { get; set; }

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

    public Task<ScheduledCancel?> FindScheduledAsync(
        string messageId,
        long sequenceNumber,
        CancellationToken cancellationToken
    )
    {
        Check();
        OnFind?.Invoke();
        var found = Scheduled
            .Where(entry => entry.Key <= sequenceNumber && entry.Value.Message.MessageId == messageId)
            .ToList();
        return Task.FromResult(
            found.Count == 0
                ? (ScheduledCancel?)null
                : new ScheduledCancel(
                    found[^1].Key,
                    found[^1].Value.DueAt,
                    found[^1].Value.Message.Properties.ToDictionary()
                )
        );
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
        if (Refuses)
        {
            throw new IOException("The queue is not to be had.");
        }
    }
}
