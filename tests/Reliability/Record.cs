using System.Collections.Concurrent;
using System.Globalization;

namespace Reliability;

/// <summary>A message in the dead-letter queue.</summary>
public sealed record DeadLetter(string? Reason, string? Description);

/// <summary>Everything that is known of one request when the run is over.</summary>
public sealed class Record(PlannedRequest request)
{
    private readonly ConcurrentQueue<(TimeSpan At, string What)> _history = [];

    public PlannedRequest Request => request;

    /// <summary>The other source's event about the same order; null for none.</summary>
    public Record? Twin { get; init; }

    /// <summary>The HTTP answers, in order: a caller repeats what it is told to repeat.</summary>
    public ConcurrentQueue<Answer> Answers { get; } = [];

    public ConcurrentQueue<ReceivedEvent> Events { get; } = [];

    public ConcurrentQueue<DeadLetter> DeadLetters { get; } = [];

    /// <summary>How many messages the queue took for each delivery of the request; 1 is the first.</summary>
    public ConcurrentDictionary<int, int> Deliveries { get; } = [];

    /// <summary>Whether an HTTP call was never answered.</summary>
    public bool Unanswered { get; set; }

    /// <summary>Whether a timeout was taken back before it fired.</summary>
    public bool Disarmed { get; set; }

    /// <summary>
    /// Whether a timeout was taken back or has fired, and its caller cannot know: a first try was not answered, or it
    /// was armed again after it fired.
    /// </summary>
    public bool MaybeDisarmed { get; set; }

    /// <summary>Whether a timeout that waited could not be taken back.</summary>
    public bool NotDisarmed { get; set; }

    /// <summary>
    /// Whether the timeout may have fired before it was armed for the last time; then it may be armed, and fire, again.
    /// </summary>
    public bool ArmedLate { get; set; }

    /// <summary>Whether the order was paid before its timeout fired.</summary>
    public bool PaidInTime { get; set; }

    /// <summary>The state of the order at the provider in the end; null for none.</summary>
    public int? FinalStatus { get; set; }

    public int CancelCalls { get; set; }

    /// <summary>Adds to what happened to the request and its order.</summary>
    /// <param name="at">When, counted from the start of the run.</param>
    /// <param name="what">What.</param>
    public void Happened(TimeSpan at, string what) => _history.Enqueue((at, what));

    /// <summary>The request, then what happened to it, a line each.</summary>
    public IEnumerable<string> Tell()
    {
        yield return ToString();
        foreach (var (at, what) in _history.OrderBy(entry => entry.At))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  {at.TotalSeconds, 8:0.000} s  {what}");
        }
    }

    public override string ToString() =>
        $"{request.RequestId} from {request.Source} ({request.Way}{(request.Fate == Fate.Open ? "" : $", {request.Fate}")}{(request.ReadsFirst ? ", only if unpaid" : "")}"
        + $"{(request.Twice ? request.Apart ? ", twice, apart" : ", twice" : "")}{(request.IsAlone ? "" : ", with twin")}{(request.IsPutBack ? ", put back" : "")}), order {request.Reference}: "
        + $"was {Name(request.InitialStatus)}, is {Name(FinalStatus)}, cancelOrder × {CancelCalls}, "
        + $"events [{string.Join(", ", Events.Select(sent => sent.Outcome))}], dead letters [{string.Join(", ", DeadLetters.Select(dead => dead.Reason))}]";

    private static string Name(int? status) =>
        status is { } known ? $"{known} {OrderStates.Describe(known)}" : "unknown to the provider";
}
