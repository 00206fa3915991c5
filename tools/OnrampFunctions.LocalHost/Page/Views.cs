namespace OnrampFunctions.LocalHost.Page;

/// <summary>What does not change while the host runs; sent first.</summary>
/// <param name="Now">The host's time.</param>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Topic">The name of the topic.</param>
/// <param name="Provider">The address of the provider; null for the simulated one.</param>
/// <param name="Kinds">The kinds of outcomes, in the order of their counts.</param>
/// <param name="Faults">The faults, by component.</param>
internal sealed record HelloView(
    DateTimeOffset Now,
    string Queue,
    string Topic,
    string? Provider,
    IReadOnlyList<string> Kinds,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Faults
);

/// <summary>The host's time; shows that it is alive.</summary>
internal sealed record PulseView(DateTimeOffset Now);

/// <summary>The latest orders, newest first.</summary>
internal sealed record OrdersView(int Total, IReadOnlyList<OrderRow> Orders);

/// <summary>One order.</summary>
internal sealed record OrderRow(
    string OrderId,
    int Status,
    string State,
    string? Hash,
    int CancelCalls,
    int GetCalls,
    DateTimeOffset CreatedAt,
    DateTimeOffset EndTime
)
{
    public static OrderRow Of(SimulatedOrder order) =>
        new(
            order.OrderId,
            order.Status,
            OrderStates.Describe(order.Status),
            OutcomeRows.Cut(order.Hash),
            order.CancelCalls,
            order.GetCalls,
            order.CreatedAt,
            order.EndTime
        );
}

/// <summary>The counts of the queue and its first messages.</summary>
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
/// <param name="State">Its state.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Body">The start of its body.</param>
/// <param name="EnqueuedAt">When it was enqueued.</param>
/// <param name="DueAt">When it becomes visible, if it is scheduled.</param>
/// <param name="Delivery">The number of its delivery in the retry schedule.</param>
/// <param name="Record">The id of its request's record.</param>
/// <param name="IsTimeout">Whether it is a timeout.</param>
/// <param name="TimeoutOrder">The order of an unnamed caller's timeout, as in its path.</param>
/// <param name="Reason">Why it was dead-lettered.</param>
/// <param name="Description">The description of the dead letter.</param>
internal sealed record EntryRow(
    long Number,
    string State,
    string MessageId,
    string Body,
    DateTimeOffset EnqueuedAt,
    DateTimeOffset? DueAt,
    string? Delivery,
    string Record,
    bool IsTimeout,
    string? TimeoutOrder,
    string? Reason,
    string? Description
);

/// <summary>New outcomes, oldest first.</summary>
internal sealed record OutcomesView(long Total, IReadOnlyList<OutcomeView> Outcomes);

/// <summary>One outcome event; of other messages, only the first three properties and the body.</summary>
internal sealed record OutcomeView
{
    public required long Number { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The start of a body that is not an outcome.</summary>
    public string? Body { get; set; }

    public string? RequestId { get; set; }

    /// <summary>The id of its request's record.</summary>
    public string? Record { get; set; }

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

/// <summary>Outcomes by kind: since the start, and for the latest seconds with outcomes.</summary>
internal sealed record TallyView(IReadOnlyList<long> Totals, IReadOnlyList<SecondView> Seconds);

/// <summary>One second.</summary>
internal sealed record SecondView(long At, IReadOnlyList<int> Counts);

/// <summary>The latest calls of the provider, newest first.</summary>
internal sealed record CallsView(long Total, IReadOnlyList<CallRow> Calls);

/// <summary>One call.</summary>
/// <param name="Number">Its number since the start.</param>
/// <param name="Operation">cancelOrder or getOrder.</param>
/// <param name="OrderId">The order; null for an unknown one.</param>
/// <param name="SignedAt">The signed timestamp.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="EndedAt">When it was answered or dropped; null while it is in progress.</param>
/// <param name="StatusCode">The status code of the answer; null for none.</param>
/// <param name="Fault">The injected fault.</param>
/// <param name="Headers">The headers, shortened.</param>
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

/// <summary>The values of the service's instruments.</summary>
/// <param name="Since">The start of the measurement.</param>
/// <param name="Instruments">The instruments with their values.</param>
internal sealed record MetricsView(DateTimeOffset Since, IReadOnlyList<InstrumentView> Instruments);

/// <summary>One instrument.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Counter, histogram or gauge.</param>
/// <param name="Unit">Their unit.</param>
/// <param name="Description">What it measures.</param>
/// <param name="Values">The values by attributes.</param>
internal sealed record InstrumentView(
    string Name,
    string Kind,
    string? Unit,
    string? Description,
    IReadOnlyList<ValueView> Values
);

/// <summary>The values of one set of attributes.</summary>
/// <param name="Attributes">The attributes as text.</param>
/// <param name="Count">The number of values.</param>
/// <param name="Sum">The sum; for a gauge, the last value.</param>
/// <param name="Max">The largest.</param>
internal sealed record ValueView(string Attributes, long Count, double Sum, double Max);

/// <summary>Everything about one order.</summary>
/// <param name="Order">The order as it was searched for.</param>
/// <param name="Simulated">The simulated order; null if there is none.</param>
/// <param name="Timeouts">The timeouts of all callers.</param>
/// <param name="Outcomes">The recorded outcomes, newest first.</param>
/// <param name="HasMoreOutcomes">Whether there are older ones.</param>
/// <param name="Entries">The messages of the queue.</param>
/// <param name="DeadLetters">The dead letters.</param>
/// <param name="Steps">The latest retries and dead letters, oldest first.</param>
/// <param name="Calls">The latest calls of the provider, newest first.</param>
internal sealed record OrderHistoryView(
    string Order,
    OrderRow? Simulated,
    IReadOnlyList<TimeoutView> Timeouts,
    IReadOnlyList<OutcomeView> Outcomes,
    bool HasMoreOutcomes,
    IReadOnlyList<EntryRow> Entries,
    IReadOnlyList<EntryRow> DeadLetters,
    IReadOnlyList<StepView> Steps,
    IReadOnlyList<CallRow> Calls
);

/// <summary>A retry that was scheduled, or a message that became a dead letter.</summary>
/// <param name="Record">The id of its request's record.</param>
/// <param name="At">When it happened.</param>
/// <param name="Delivery">The number of the scheduled delivery; null for a dead letter.</param>
/// <param name="Reason">Why it is a dead letter; null for a retry.</param>
internal sealed record StepView(string Record, DateTimeOffset At, string? Delivery, string? Reason);

/// <summary>The timeout of one caller on an order.</summary>
/// <param name="Order">The order, as in the timeout's path.</param>
/// <param name="Caller">The caller; null for an unnamed one.</param>
/// <param name="State">Its state.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="WhenExpired">Whether it follows the end of the order's time to pay.</param>
/// <param name="Reason">The caller's reason.</param>
/// <param name="ArmedAt">When it was armed.</param>
/// <param name="ChangedAt">When it was last changed.</param>
/// <param name="Outcome">The outcome of its firing.</param>
/// <param name="Record">The id of the record of its firing.</param>
internal sealed record TimeoutView(
    string Order,
    string? Caller,
    string State,
    DateTimeOffset DueAt,
    bool WhenExpired,
    string? Reason,
    DateTimeOffset ArmedAt,
    DateTimeOffset ChangedAt,
    string? Outcome,
    string Record
);

/// <summary>Everything about one request.</summary>
/// <param name="Record">The id of its record.</param>
/// <param name="Order">The order, if it is known.</param>
/// <param name="State">The state of its record; null if it has none.</param>
/// <param name="Entries">Its messages on the queue, the next retry included.</param>
/// <param name="DeadLetters">Its dead letters.</param>
/// <param name="Events">Its latest outcome events, newest first.</param>
/// <param name="Steps">Its latest retries and dead letters, oldest first.</param>
/// <param name="Calls">The latest calls about its order while it was processed, newest first. The provider does not
/// know which request a call belongs to.</param>
internal sealed record RequestHistoryView(
    string Record,
    string? Order,
    RecordView? State,
    IReadOnlyList<EntryRow> Entries,
    IReadOnlyList<EntryRow> DeadLetters,
    IReadOnlyList<OutcomeView> Events,
    IReadOnlyList<StepView> Steps,
    IReadOnlyList<CallRow> Calls
);

/// <summary>The requests with one request id, of all callers.</summary>
/// <param name="Requests">The ids of their records.</param>
internal sealed record FoundRequestsView(IReadOnlyList<FoundRequest> Requests);

/// <summary>One request.</summary>
/// <param name="Record">The id of its record.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="Caller">The caller; null for an unnamed one.</param>
/// <param name="Order">The order, if it is known.</param>
/// <param name="Outcome">The outcome; null while it waits.</param>
internal sealed record FoundRequest(string Record, string RequestId, string? Caller, string? Order, string? Outcome);

/// <summary>The state of the vault.</summary>
internal sealed record VaultStateView(string State);

/// <summary>The record of a request.</summary>
/// <param name="RequestId">The request id.</param>
/// <param name="Caller">The caller; null for an unnamed one.</param>
/// <param name="WaitingSince">When it was asked for.</param>
/// <param name="NextTryAt">When the next attempt is due.</param>
/// <param name="LastReason">Why it waits for another attempt.</param>
/// <param name="Outcome">The outcome; null while it waits.</param>
internal sealed record RecordView(
    string RequestId,
    string? Caller,
    DateTimeOffset WaitingSince,
    DateTimeOffset? NextTryAt,
    string? LastReason,
    OutcomeView? Outcome
);
