using System.Globalization;

namespace Onramp.Cancellation.Model.Tests;

/// <summary>
/// What must hold in every history. The rules watch the calls that the service makes, and the results that its callers
/// get.
/// </summary>
internal sealed class Rules(TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Version> _versions = [];
    private readonly Dictionary<RowKey, DateTimeOffset> _lastChange = [];
    private readonly Dictionary<RowKey, long> _confirmed = [];
    private readonly Dictionary<RowKey, (int Order, string? Caller)> _owners = [];
    private readonly HashSet<string> _written = [];
    private readonly HashSet<string> _begunToFire = [];
    private readonly HashSet<string> _disarmed = [];
    private readonly Dictionary<string, HashSet<string>> _outcomes = [];
    private readonly Dictionary<string, int> _effective = [];
    private int _writes;

    /// <summary>The first rule that was broken; null for none.</summary>
    public string? Broken { get; private set; }

    /// <summary>What happened; null unless the history is to be explained.</summary>
    public List<string>? Events { get; init; }

    public void Log(FormattableString text) =>
        Events?.Add(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {text}"));

    public void Break(string rule)
    {
        Broken ??= rule;
        Log($"BROKEN: {rule}");
    }

    /// <summary>A caller is about to use the row of its timeout.</summary>
    public void OnOwner(RowKey row, (int Order, string? Caller) owner)
    {
        _owners.TryAdd(row, owner);
        Check(_owners[row] == owner, "Each caller has a timeout of its own on each order.");
    }

    public RowKey? RowOf(string version) => _versions.TryGetValue(version, out var known) ? known.Row : null;

    /// <summary>An alarm is scheduled: the first of its version is the beginning of that version.</summary>
    public void OnAlarm(Operation operation, string version, RowKey row)
    {
        Check(
            operation.Row is null || operation.Row == row,
            "An operation schedules an alarm of its own timeout only."
        );
        _versions.TryAdd(version, new Version(row, operation, operation.Version));
    }

    public void OnTakenBack(Operation operation, string version) =>
        Check(RowOf(version) == operation.Row, "An operation takes back alarms of its own timeout only.");

    /// <summary>A row of a timeout is replaced.</summary>
    public void OnWrite(Operation operation, RowKey key, TimeoutRow? before, TimeoutRow after)
    {
        var now = time.GetUtcNow();
        Log($"  row: {Text(before)} -> {Text(after)}");
        Check(operation.Row == key, "An operation writes the row of its own timeout only.");
        Check(
            IsLegal(operation, before, after, now),
            $"{operation.Name} may not write {Text(before)} -> {Text(after)}."
        );
        if (after.State == TimeoutState.Fired)
        {
            Check(
                _outcomes.GetValueOrDefault(after.Version)?.Contains(after.Outcome!) == true,
                "A timeout has fired only after its outcome is published."
            );
        }

        if (before?.Version != after.Version)
        {
            _written.Add(after.Version);
            _versions[after.Version].Armed = after;
        }

        if (after.State == TimeoutState.Firing)
        {
            _begunToFire.Add(after.Version);
        }

        if (operation.ArmingMessage is not null)
        {
            Check(
                operation.Begun > _confirmed.GetValueOrDefault(key),
                "A message that was sent before a confirmed change does not undo it."
            );
        }

        if (operation.ChangeId is { } id)
        {
            // The row remembers the ids of the latest eight changes.
            Check(
                !_effective.TryGetValue(id, out var earlier) || _writes - earlier > 7,
                "A repeated change takes effect once."
            );
            _effective[id] = ++_writes;
        }

        // An extension is the order's change, not the caller's.
        var isExtension = after.State == TimeoutState.Armed && operation.Version is not null;
        if (!isExtension)
        {
            _lastChange[key] = now;
        }
    }

    /// <summary>Onramp's cancelOrder is called, whatever becomes of the call.</summary>
    public void OnCancel(Operation operation)
    {
        var version = operation.Version!;
        Check(
            operation.LastReading?.IsWaiting == true,
            "Only an order that getOrder has just reported as unpaid is cancelled."
        );
        Check(_begunToFire.Contains(version), "An order is cancelled only after its row is firing.");
        for (var origin = version; origin is not null; origin = _versions.GetValueOrDefault(origin)?.ExtensionOf)
        {
            Check(!_disarmed.Contains(origin), "No order is cancelled after its disarming was confirmed.");
        }

        if (_versions[version].Armed is not { } armed)
        {
            Break("An order is cancelled only by a timeout that was armed.");
        }
        else if (armed.FollowsOrder)
        {
            Check(
                operation.FirstReading is { } first && first.End + Grace <= time.GetUtcNow(),
                "An order that was extended is not cancelled before its new end."
            );
        }
        else
        {
            Check(armed.DueAt <= time.GetUtcNow(), "No order is cancelled before its timeout is due.");
        }
    }

    public void OnPublished(string version, string outcome)
    {
        Log($"  published: {outcome} of {Short(version)}");
        var outcomes = _outcomes.TryGetValue(version, out var known) ? known : _outcomes[version] = [];
        outcomes.Add(outcome);
        Check(outcomes.Count(static outcome => outcome != "failed") <= 1, "A timeout has one final outcome.");
    }

    public void OnArmed(Operation operation, ArmResult result)
    {
        Log($"  {operation.Name} returns {result.Status} {Text(result.Timeout)}");
        Check(
            result.Status is not (ArmStatus.Armed or ArmStatus.Moved) || _written.Contains(result.Timeout!.Version),
            "An arming is confirmed only after its row is written."
        );
        if (result.Status is ArmStatus.Armed or ArmStatus.Moved)
        {
            Confirm(operation);
        }
    }

    public void OnDisarmed(Operation operation, DisarmResult result)
    {
        Log($"  {operation.Name} returns {result}");
        if (result != DisarmResult.Disarmed)
        {
            return;
        }

        Confirm(operation);

        foreach (var (version, known) in _versions)
        {
            // Arming that was under way at the same time may count as later. A message counts from when it was sent.
            var isEarlier =
                known.Origin.Ended < operation.Begun
                || (known.Origin.ArmingMessage is not null && known.Origin.Begun < operation.Begun);
            if (known.Row == operation.Row && isEarlier && !_begunToFire.Contains(version))
            {
                _disarmed.Add(version);
            }
        }
    }

    /// <summary>A message that arms a timeout is completed, and no copy of it is scheduled.</summary>
    public void OnArmingCompleted(Operation operation, DateTimeOffset sentAt) =>
        Check(
            _effective.ContainsKey(operation.ChangeId!)
                || (_lastChange.TryGetValue(operation.Row!.Value, out var last) && last >= sentAt),
            "A message that arms a timeout is dropped only after a later change."
        );

    public void AtEnd(IEnumerable<TimeoutRow> rows)
    {
        foreach (var row in rows)
        {
            Check(
                row.State is TimeoutState.Fired or TimeoutState.Disarmed,
                $"Every timeout ends, but not {Text(row)}."
            );
        }
    }

    private bool IsLegal(Operation operation, TimeoutRow? before, TimeoutRow after, DateTimeOffset now)
    {
        var isSame = before?.Version == after.Version;
        var isItsAlarm = before is not null && operation.Version == before.Version;
        return (before?.State, after.State) switch
        {
            (null or TimeoutState.Disarmed or TimeoutState.Fired, TimeoutState.Armed) when operation.IsArming =>
                !isSame,
            (TimeoutState.Armed, TimeoutState.Armed) when operation.IsArming => !isSame
                && !(_versions[after.Version].Origin.Ended < _versions[before!.Version].Origin.Begun),
            (TimeoutState.Armed or TimeoutState.Firing, TimeoutState.Armed) => isItsAlarm
                && !isSame
                && before!.FollowsOrder
                && after.DueAt > before.DueAt,
            (TimeoutState.Fired, TimeoutState.Armed) => isItsAlarm
                && !isSame
                && before!.IsFailed
                && before.FollowsOrder,
            (TimeoutState.Armed, TimeoutState.Firing) => isItsAlarm && isSame && before!.DueAt <= now,
            (TimeoutState.Fired, TimeoutState.Firing) => isItsAlarm && isSame && before!.IsFailed,
            (TimeoutState.Firing, TimeoutState.Fired) => isItsAlarm && isSame,
            (TimeoutState.Fired, TimeoutState.Fired) => isItsAlarm && isSame && before!.IsFailed,
            (TimeoutState.Armed, TimeoutState.Fired) => isItsAlarm && isSame && after.IsFailed && before!.DueAt <= now,
            (TimeoutState.Armed or TimeoutState.Disarmed, TimeoutState.Disarmed) => operation.IsDisarming && isSame,
            _ => false,
        };
    }

    private void Confirm(Operation operation)
    {
        var row = operation.Row!.Value;
        _confirmed[row] = Math.Max(_confirmed.GetValueOrDefault(row), operation.Begun);
    }

    private void Check(bool holds, string rule)
    {
        if (!holds)
        {
            Break(rule);
        }
    }

    private static string Text(TimeoutRow? row) => row is null ? "none" : $"{row.State} {Short(row.Version)}";

    private static string Short(string version) => version[..4];

    /// <summary>A version of a timeout.</summary>
    private sealed class Version(RowKey row, Operation origin, string? extensionOf)
    {
        public RowKey Row => row;

        /// <summary>The operation that armed it.</summary>
        public Operation Origin => origin;

        /// <summary>The version that it extends; null for none.</summary>
        public string? ExtensionOf => extensionOf;

        /// <summary>The row as it was armed; null as long as it is not.</summary>
        public TimeoutRow? Armed { get; set; }
    }
}
