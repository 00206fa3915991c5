namespace OnrampFunctions.Operator.Reports;

/// <summary>The number of messages in a queue or subscription.</summary>
internal sealed record QueueDepth
{
    /// <summary>Messages that are ready or locked.</summary>
    public required int Active { get; init; }

    /// <summary>Messages that are due later: retries and timeouts.</summary>
    public required int Scheduled { get; init; }

    /// <summary>The timeouts among the scheduled messages.</summary>
    public required int Timeouts { get; init; }

    /// <summary>When the oldest active message was enqueued.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>When the next scheduled message is due.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>Whether there are more messages than were counted.</summary>
    public required bool IsMore { get; init; }
}
