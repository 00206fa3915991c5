namespace OnrampFunctions.LocalHost.Page;

/// <summary>What does not change while the host runs: first of all.</summary>
/// <param name="Now">The host's time.</param>
/// <param name="Queue">Name of the queue.</param>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Provider">Where the provider is, when it is another one than the simulated.</param>
/// <param name="Kinds">What outcomes are called, in the order in which they are counted.</param>
/// <param name="Faults">What can go wrong, by where.</param>
internal sealed record HelloView(
    DateTimeOffset Now,
    string Queue,
    string Topic,
    string? Provider,
    IReadOnlyList<string> Kinds,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Faults
);

/// <summary>The host's time, and that it is still there.</summary>
internal sealed record PulseView(DateTimeOffset Now);

/// <summary>The orders that were made last, the newest first.</summary>
internal sealed record OrdersView(int Total, IReadOnlyList<OrderRow> Orders);

/// <summary>One order.</summary>
internal sealed record OrderRow(
    string OrderId,
    int Status,
    string State,
    string? Hash,
    int CancelCalls,
    int GetCalls,
    DateTimeOffset CreatedAt
);

/// <summary>The queue, and of what is in it the first.</summary>
internal sealed record QueueView(
    int Waiting,
    int Locked,
    int Scheduled,
    int DeadLettered,
    IReadOnlyList<EntryRow> Entries,
    IReadOnlyList<EntryRow> DeadLetters
);

/// <summary>One message of the queue.</summary>
/// <param name="Number">Its sequence number.</param>
/// <param name="State">What it waits for.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Body">The beginning of its body.</param>
/// <param name="EnqueuedAt">Since when it is there.</param>
/// <param name="DueAt">When it becomes visible, if it is scheduled.</param>
/// <param name="Delivery">Which delivery by the schedule it is.</param>
/// <param name="IsTimeout">Whether it is a timeout.</param>
/// <param name="TimeoutId">By which whoever has no name takes the timeout back.</param>
/// <param name="Reason">Why it was dead-lettered.</param>
/// <param name="Description">What exactly was wrong.</param>
internal sealed record EntryRow(
    long Number,
    string State,
    string MessageId,
    string Body,
    DateTimeOffset EnqueuedAt,
    DateTimeOffset? DueAt,
    string? Delivery,
    bool IsTimeout,
    string? TimeoutId,
    string? Reason,
    string? Description
);

/// <summary>Outcomes that are new to the viewer, the oldest first.</summary>
internal sealed record OutcomesView(long Total, IReadOnlyList<OutcomeView> Outcomes);

/// <summary>One outcome event; of a message that is none only the first three are there, and its body.</summary>
internal sealed record OutcomeView
{
    public required long Number { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The beginning of the body, where that is not what is expected.</summary>
    public string? Body { get; set; }

    public string? RequestId { get; set; }

    public string? OrderId { get; set; }

    public string? Hash { get; set; }

    public string? Outcome { get; set; }

    public string? ReasonCode { get; set; }

    public string? Trigger { get; set; }

    public string? Caller { get; set; }

    public string? Reason { get; set; }

    public string? Detail { get; set; }

    public int? OrderStatus { get; set; }

    public int? Attempts { get; set; }

    public DateTimeOffset? RequestedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }
}

/// <summary>Outcomes by kind: since the start, and in those of the last seconds in which there were any.</summary>
internal sealed record TallyView(IReadOnlyList<long> Totals, IReadOnlyList<SecondView> Seconds);

/// <summary>One second.</summary>
internal sealed record SecondView(long At, IReadOnlyList<int> Counts);

/// <summary>The provider's last calls, the newest first.</summary>
internal sealed record CallsView(long Total, IReadOnlyList<CallRow> Calls);

/// <summary>One call.</summary>
/// <param name="Number">Its number since the start.</param>
/// <param name="Operation">cancelOrder or getOrder.</param>
/// <param name="OrderId">The order that it is about; null for an unknown one.</param>
/// <param name="SignedAt">The timestamp that was signed.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="EndedAt">When it was answered or dropped; null while it is under way.</param>
/// <param name="StatusCode">Of the answer; null for none.</param>
/// <param name="Fault">What went wrong on purpose.</param>
/// <param name="Headers">As they came, shortened.</param>
internal sealed record CallRow(
    long Number,
    string Operation,
    string? OrderId,
    DateTimeOffset? SignedAt,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? EndedAt,
    int? StatusCode,
    string? Fault,
    IReadOnlyDictionary<string, string> Headers
);

/// <summary>What the service's instruments say.</summary>
/// <param name="Since">Since when they are listened to.</param>
/// <param name="Instruments">Each with its values.</param>
internal sealed record MetricsView(DateTimeOffset Since, IReadOnlyList<InstrumentView> Instruments);

/// <summary>One instrument.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it does with its values: counter, histogram or gauge.</param>
/// <param name="Unit">Their unit.</param>
/// <param name="Description">What it tells.</param>
/// <param name="Values">The values, by their attributes.</param>
internal sealed record InstrumentView(
    string Name,
    string Kind,
    string? Unit,
    string? Description,
    IReadOnlyList<ValueView> Values
);

/// <summary>The values of one set of attributes.</summary>
/// <param name="Attributes">The attributes in words.</param>
/// <param name="Count">How many values there were.</param>
/// <param name="Sum">Their sum; of a gauge its last value.</param>
/// <param name="Max">The largest.</param>
internal sealed record ValueView(string Attributes, long Count, double Sum, double Max);
