using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Records;

/// <summary>An outcome as the records keep it.</summary>
public sealed record RecordedOutcome
{
    /// <summary>The id of the outcome event.</summary>
    public required string EventId { get; init; }

    /// <summary>The request id.</summary>
    public required string RequestId { get; init; }

    /// <summary>The caller; null for an unnamed caller.</summary>
    public string? Caller { get; init; }

    /// <summary>The order's id; null when it is not known.</summary>
    public string? OrderId { get; init; }

    /// <summary>The trigger's name.</summary>
    public required string Trigger { get; init; }

    /// <summary>The caller's reason; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>How the request ended.</summary>
    public required OutcomeKind Outcome { get; init; }

    /// <summary>The order's state; null when it is not known.</summary>
    public OrderStatus? OrderStatus { get; init; }

    /// <summary>Onramp's own words, or what went wrong; null for none.</summary>
    public string? Detail { get; init; }

    /// <summary>Attempts at the provider.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the request was asked for.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the outcome was established.</summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>Whether repeating the request would not change the outcome.</summary>
    public bool IsFinal => !Outcome.Row().IsRetryable;

    /// <summary>The outcome as the canceller returns it.</summary>
    public CancelOutcome ToOutcome() =>
        new()
        {
            Kind = Outcome,
            OrderStatus = OrderStatus,
            OrderId = OrderId,
            Detail = Detail,
            Attempts = Attempts,
            CompletedAt = CompletedAt,
        };

    /// <summary>Whether this outcome replaces another one of the same request.</summary>
    internal bool Replaces(RecordedOutcome other) =>
        IsFinal == other.IsFinal ? CompletedAt > other.CompletedAt : IsFinal;

    /// <summary>Reads a row; returns null if it is not one that this service wrote.</summary>
    public static RecordedOutcome? Read(StoredRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Read(new RowValues(row.Values));
    }

    internal static RecordedOutcome? Read(RowValues values) =>
        values.Text(nameof(EventId)) is { } eventId
        && values.Text(nameof(RequestId)) is { } requestId
        && values.Text(nameof(Trigger)) is { } trigger
        && Enum.TryParse<OutcomeKind>(values.Text(nameof(Outcome)), out var outcome)
        && Enum.IsDefined(outcome)
        && values.Instant(nameof(RequestedAt)) is { } requestedAt
        && values.Instant(nameof(CompletedAt)) is { } completedAt
            ? new RecordedOutcome
            {
                EventId = eventId,
                RequestId = requestId,
                Caller = values.Text(nameof(Caller)),
                OrderId = values.Text(nameof(OrderId)),
                Trigger = trigger,
                Reason = values.Text(nameof(Reason)),
                Outcome = outcome,
                OrderStatus = StatusOf(values.Number(nameof(OrderStatus))),
                Detail = values.Text(nameof(Detail)),
                Attempts = (int)(values.Number(nameof(Attempts)) ?? 0),
                RequestedAt = requestedAt,
                CompletedAt = completedAt,
            }
            : null;

    internal void Write(RowValues values)
    {
        values.Add(nameof(EventId), EventId);
        values.Add(nameof(RequestId), RequestId);
        values.Add(nameof(Caller), Caller);
        values.Add(nameof(OrderId), OrderId);
        values.Add(nameof(Trigger), Trigger);
        values.Add(nameof(Reason), Reason);
        values.Add(nameof(Outcome), Outcome.ToString());
        values.Add(nameof(OrderStatus), (long?)OrderStatus);
        values.Add(nameof(Detail), Detail);
        values.Add(nameof(Attempts), Attempts);
        values.Add(nameof(RequestedAt), RequestedAt);
        values.Add(nameof(CompletedAt), CompletedAt);
    }

    private static OrderStatus? StatusOf(long? number) =>
        number is { } value && Enum.IsDefined((OrderStatus)value) ? (OrderStatus)value : null;
}
