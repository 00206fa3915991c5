using System.Collections.Concurrent;
using System.Globalization;

namespace Reliability;

/// <summary>A message in the dead-letter queue.</summary>
public sealed record DeadLetter(string? Reason, string? Description);

/// <summary>Everything that is known about one request after the run.</summary>
public sealed class Record(PlannedRequest request)
{
    private readonly ConcurrentQueue<(TimeSpan At, string What)> _history = [];

    public PlannedRequest Request => request;

    /// <summary>The request whose dead letter this is, if it was resubmitted; otherwise null.</summary>
    public Record? Before { get; init; }

    /// <summary>The event of the other source about the same order, or null.</summary>
    public Record? Twin { get; init; }

    /// <summary>The HTTP responses in order. A caller repeats a request when a response asks for it.</summary>
    public ConcurrentQueue<Answer> Answers { get; } = [];

    public ConcurrentQueue<ReceivedEvent> Events { get; } = [];

    public ConcurrentQueue<DeadLetter> DeadLetters { get; } = [];

    /// <summary>
    /// The number of accepted messages for each delivery of the request, or of one version of its timeout. The first
    /// delivery is 1.
    /// </summary>
    public ConcurrentDictionary<int, int> Deliveries { get; } = [];

    /// <summary>
    /// Whether a delivery left its outcome to a copy, because it could not be published. If that delivery had lost its
    /// lock, the other delivery of the message may have published it.
    /// </summary>
    public bool LeftOutcomeToCopy { get; set; }

    /// <summary>What the record of a deferred request says in the end; null if it has no outcome.</summary>
    public string? RecordedOutcome { get; set; }

    /// <summary>How many responses were lost because their worker was killed; the caller repeated the request.</summary>
    public int LostAnswers { get; set; }

    /// <summary>
    /// When the queue took the first message, and until when the last copy may have waited there; null for no message.
    /// </summary>
    public (TimeSpan From, TimeSpan Until)? Queued { get; set; }

    /// <summary>
    /// Whether the broker's clock was set forward while a copy waited, which may have ended the time for its attempts.
    /// </summary>
    public bool IsAgedByClock { get; set; }

    /// <summary>Whether an HTTP call got no response.</summary>
    public bool Unanswered { get; set; }

    /// <summary>Whether a timeout was disarmed before it fired.</summary>
    public bool Disarmed { get; set; }

    /// <summary>
    /// Whether a timeout was disarmed or has fired without its caller knowing which: the tables did not answer, or it
    /// was armed again after it fired.
    /// </summary>
    public bool MaybeDisarmed { get; set; }

    /// <summary>Whether a waiting timeout could not be disarmed.</summary>
    public bool NotDisarmed { get; set; }

    /// <summary>
    /// Whether the timeout may have fired before it was last armed. It may then be armed and fire again.
    /// </summary>
    public bool ArmedLate { get; set; }

    /// <summary>Whether the order was paid before its timeout fired.</summary>
    public bool PaidInTime { get; set; }

    /// <summary>The final order state at the provider, or null.</summary>
    public int? FinalStatus { get; set; }

    public int CancelCalls { get; set; }

    /// <summary>Adds an event to the history of the request and its order.</summary>
    /// <param name="at">The time since the start of the run.</param>
    /// <param name="what">The event.</param>
    public void Happened(TimeSpan at, string what) => _history.Enqueue((at, what));

    /// <summary>The request and its history, one line each.</summary>
    public IEnumerable<string> Tell()
    {
        foreach (var line in Before?.Tell() ?? [])
        {
            yield return line;
        }

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
