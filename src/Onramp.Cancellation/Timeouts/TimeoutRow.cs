using System.Security.Cryptography;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Timeouts;

/// <summary>The state of a timeout.</summary>
public enum TimeoutState
{
    /// <summary>It fires when it is due.</summary>
    Armed,

    /// <summary>It is due, and its order is being cancelled.</summary>
    Firing,

    /// <summary>Its outcome is published.</summary>
    Fired,

    /// <summary>It was disarmed and will not fire.</summary>
    Disarmed,
}

/// <summary>The names of states on the wire.</summary>
public static class TimeoutStates
{
    /// <summary><c>armed</c>, <c>firing</c>, <c>fired</c> or <c>disarmed</c>.</summary>
    public static string Name(this TimeoutState state) =>
        state switch
        {
            TimeoutState.Armed => "armed",
            TimeoutState.Firing => "firing",
            TimeoutState.Fired => "fired",
            TimeoutState.Disarmed => "disarmed",
        };
}

/// <summary>
/// The one timeout that a caller has on an order. Fired and disarmed ones stay for a while, so that a late message
/// changes nothing.
/// </summary>
public sealed record TimeoutRow
{
    // Enough for every change that can be repeated while a signature is valid.
    private const int RememberedChanges = 8;
    private const int VersionLength = 32;

    /// <summary>Random for each arming; also the request id of the firing.</summary>
    public required string Version { get; init; }

    /// <summary>The state.</summary>
    public required TimeoutState State { get; init; }

    /// <summary>When it is due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Whether it follows the order's own end.</summary>
    public bool FollowsOrder { get; init; }

    /// <summary>The caller's reason; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>The order's id; null when the order is named by its hash, which is not stored.</summary>
    public string? OrderId { get; init; }

    /// <summary>The caller; null for an unnamed caller.</summary>
    public string? Caller { get; init; }

    /// <summary>When this version was armed.</summary>
    public required DateTimeOffset ArmedAt { get; init; }

    /// <summary>
    /// The instant of the caller's last change. It never goes back. What the service itself does, such as firing, does not
    /// count: a message that its caller sent since then is not out of date.
    /// </summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The number of the alarm's message.</summary>
    public required long AlarmNumber { get; init; }

    /// <summary>The outcome of the firing; null before it is published.</summary>
    public string? Outcome { get; init; }

    /// <summary>Whether the firing failed: a replay of its message may fire it again.</summary>
    public bool IsFailed { get; init; }

    /// <summary>Digests of the latest changes that had an id, the newest first.</summary>
    internal IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Until when the row is kept; null while it is armed or firing.</summary>
    internal string? KeepUntil { get; init; }

    /// <summary>A new version: 32 lower-case hexadecimal digits.</summary>
    internal static string NewVersion() => RandomNumberGenerator.GetHexString(VersionLength, lowercase: true);

    /// <summary>Whether a text can be a version.</summary>
    internal static bool IsVersion(string text) => text.Length == VersionLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The key of the row of an order and a caller.</summary>
    public static RowKey Key(OrderReference order, string? caller)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new(
            RowTable.CancelTimeouts,
            Digest.OfOrder(order),
            caller is null ? Digest.Of("unnamed") : Digest.Of("caller", caller)
        );
    }

    /// <summary>Whether a change has the id of one of the latest changes.</summary>
    internal bool HasChange(string? id) => id is not null && Changes.Contains(ChangeDigest(id));

    /// <summary>The list of changes after one more.</summary>
    internal static IReadOnlyList<string> AddChange(TimeoutRow? row, string? id)
    {
        var changes = row?.Changes ?? [];
        return id is null ? changes : [ChangeDigest(id), .. changes.Take(RememberedChanges - 1)];
    }

    /// <summary>Reads a row; returns null if it is not one that this service wrote.</summary>
    public static TimeoutRow? Read(StoredRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        RowValues values = new(row.Values);
        if (
            values.Text(nameof(Version)) is not { Length: > 0 } version
            || !Enum.TryParse<TimeoutState>(values.Text(nameof(State)), out var state)
            || !Enum.IsDefined(state)
            || values.Instant(nameof(DueAt)) is not { } dueAt
            || values.Instant(nameof(ArmedAt)) is not { } armedAt
            || values.Instant(nameof(ChangedAt)) is not { } changedAt
            || values.Number(nameof(AlarmNumber)) is not { } alarmNumber
        )
        {
            return null;
        }

        return new TimeoutRow
        {
            Version = version,
            State = state,
            DueAt = dueAt,
            FollowsOrder = values.Has(nameof(FollowsOrder)),
            Reason = values.Text(nameof(Reason)),
            OrderId = values.Text(nameof(OrderId)),
            Caller = values.Text(nameof(Caller)),
            ArmedAt = armedAt,
            ChangedAt = changedAt,
            AlarmNumber = alarmNumber,
            Outcome = values.Text(nameof(Outcome)),
            IsFailed = values.Has(nameof(IsFailed)),
            Changes = values.Text(nameof(Changes))?.Split(' ') ?? [],
            KeepUntil = values.Text(nameof(KeepUntil)),
        };
    }

    /// <summary>The values to store.</summary>
    internal Dictionary<string, string> Write()
    {
        RowValues values = new();
        values.Add(nameof(Version), Version);
        values.Add(nameof(State), State.ToString());
        values.Add(nameof(DueAt), DueAt);
        values.Add(nameof(FollowsOrder), FollowsOrder);
        values.Add(nameof(Reason), Reason);
        values.Add(nameof(OrderId), OrderId);
        values.Add(nameof(Caller), Caller);
        values.Add(nameof(ArmedAt), ArmedAt);
        values.Add(nameof(ChangedAt), ChangedAt);
        values.Add(nameof(AlarmNumber), AlarmNumber);
        values.Add(nameof(Outcome), Outcome);
        values.Add(nameof(IsFailed), IsFailed);
        values.Add(nameof(Changes), Changes.Count == 0 ? null : string.Join(' ', Changes));
        values.Add(nameof(KeepUntil), KeepUntil);
        return values.All;
    }

    private static string ChangeDigest(string id) => Digest.Of("change", id)[..32];
}
