using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Records;

/// <summary>
/// The state of one request: waiting, or finished with an outcome. It holds no secret, no body and no hash.
/// </summary>
public sealed record RequestRecord
{
    private const string RowName = "request";

    /// <summary>The request id.</summary>
    public required string RequestId { get; init; }

    /// <summary>The caller; null for an unnamed caller.</summary>
    public string? Caller { get; init; }

    /// <summary>A digest of what was asked for: the order, and whether it may be paid.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>A digest of the reason.</summary>
    public required string ReasonDigest { get; init; }

    /// <summary>When the request was asked for, or asked for again.</summary>
    public required DateTimeOffset WaitingSince { get; init; }

    /// <summary>When the next attempt is due; null when none is scheduled.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the request waits for another attempt; null when none has failed.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The outcome; null while the request waits.</summary>
    public RecordedOutcome? Outcome { get; init; }

    /// <summary>Until when the record is kept.</summary>
    public required string KeepUntil { get; init; }

    /// <summary>Whether the outcome is final: repeating the request would not change it.</summary>
    public bool IsFinal => Outcome is { IsFinal: true };

    /// <summary>Whether a text can be the id of a record.</summary>
    public static bool IsId(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The key of the row of a record.</summary>
    public static RowKey Key(string id) => new(RowTable.CancelRequests, id, RowName);

    internal static string DigestOfReason(string? reason) => Digest.Of("reason", reason ?? "");

    /// <summary>Reads a row; returns null if it is not one that this service wrote.</summary>
    public static RequestRecord? Read(StoredRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        RowValues values = new(row.Values);
        if (
            values.Text(nameof(RequestId)) is not { } requestId
            || values.Text(nameof(Fingerprint)) is not { } fingerprint
            || values.Text(nameof(ReasonDigest)) is not { } reasonDigest
            || values.Instant(nameof(WaitingSince)) is not { } waitingSince
            || values.Text(nameof(KeepUntil)) is not { } keepUntil
        )
        {
            return null;
        }

        var hasOutcome = values.Text(nameof(RecordedOutcome.Outcome)) is not null;
        var outcome = hasOutcome ? RecordedOutcome.Read(values) : null;
        return hasOutcome && outcome is null
            ? null
            : new RequestRecord
            {
                RequestId = requestId,
                Caller = values.Text(nameof(Caller)),
                Fingerprint = fingerprint,
                ReasonDigest = reasonDigest,
                WaitingSince = waitingSince,
                NextTryAt = values.Instant(nameof(NextTryAt)),
                WaitsFor = values.Text(nameof(WaitsFor)),
                Outcome = outcome,
                KeepUntil = keepUntil,
            };
    }

    /// <summary>The values to store.</summary>
    internal Dictionary<string, string> Write()
    {
        RowValues values = new();
        values.Add(nameof(RequestId), RequestId);
        values.Add(nameof(Caller), Caller);
        values.Add(nameof(Fingerprint), Fingerprint);
        values.Add(nameof(ReasonDigest), ReasonDigest);
        values.Add(nameof(WaitingSince), WaitingSince);
        values.Add(nameof(NextTryAt), NextTryAt);
        values.Add(nameof(WaitsFor), WaitsFor);
        values.Add(nameof(KeepUntil), KeepUntil);
        Outcome?.Write(values);
        return values.All;
    }
}
