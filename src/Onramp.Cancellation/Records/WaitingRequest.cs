using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Records;

/// <summary>A request that waits for another attempt.</summary>
internal sealed record WaitingRequest
{
    /// <summary>The id of the request's record.</summary>
    public required string RecordId { get; init; }

    /// <summary>When its first attempt failed.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public required DateTimeOffset NextTryAt { get; init; }

    /// <summary>Why it waits: an outcome and its reason code, such as <c>failed/unavailable</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>Reads a row; returns null if it is not one that this service wrote.</summary>
    internal static WaitingRequest? Read(StoredRow row)
    {
        RowValues values = new(row.Values);
        return
            values.Instant(nameof(Since)) is { } since
            && values.Instant(nameof(NextTryAt)) is { } nextTryAt
            && values.Text(nameof(Cause)) is { } cause
            ? new WaitingRequest
            {
                RecordId = row.Key.Row,
                Since = since,
                NextTryAt = nextTryAt,
                Cause = cause,
            }
            : null;
    }

    /// <summary>The values to store.</summary>
    internal Dictionary<string, string> Write(string keepUntil)
    {
        RowValues values = new();
        values.Add(nameof(Since), Since);
        values.Add(nameof(NextTryAt), NextTryAt);
        values.Add(nameof(Cause), Cause);
        values.Add(RowRetention.KeepUntil, keepUntil);
        return values.All;
    }
}
