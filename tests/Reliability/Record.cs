using System.Collections.Concurrent;

namespace Reliability;

/// <summary>An outcome event as a subscriber got it.</summary>
public sealed record ReceivedEvent(string EventId, string Outcome, int? OrderStatus);

/// <summary>A message in the dead-letter queue.</summary>
public sealed record DeadLetter(string? Reason, string? Description);

/// <summary>Everything that is known of one request when the run is over.</summary>
public sealed class Record(PlannedRequest request)
{
    private int _paidInTime;

    public PlannedRequest Request => request;

    /// <summary>The HTTP answers, in order: a caller repeats what it is told to repeat.</summary>
    public ConcurrentQueue<string> Answers { get; } = [];

    public ConcurrentQueue<ReceivedEvent> Events { get; } = [];

    public ConcurrentQueue<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Whether a timeout was taken back before it fired.</summary>
    public bool Disarmed { get; set; }

    /// <summary>Whether the order was paid well before its timeout fired.</summary>
    public bool PaidInTime
    {
        get => Volatile.Read(ref _paidInTime) == 1;
        set => Volatile.Write(ref _paidInTime, value ? 1 : 0);
    }

    /// <summary>The state of the order at the provider in the end; null for none.</summary>
    public int? FinalStatus { get; set; }

    public int CancelCalls { get; set; }

    public override string ToString()
        => $"{request.RequestId} ({request.Way}, order {request.OrderId}, was {request.InitialStatus?.ToString() ?? "unknown"}, is {FinalStatus?.ToString() ?? "unknown"}, cancelOrder × {CancelCalls}): "
            + $"answers [{string.Join(", ", Answers)}], events [{string.Join(", ", Events.Select(sent => sent.Outcome))}], dead letters [{string.Join(", ", DeadLetters.Select(dead => dead.Reason))}]";
}
