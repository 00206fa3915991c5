using System.Collections.Concurrent;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// Decides what goes wrong. A decision depends on the seed, the order or message, and the number of the call or
/// delivery, never on a shared random sequence, so the order of threads does not change it.
/// </summary>
/// <param name="queue">The name of the queue of cancel requests.</param>
/// <param name="topic">The name of the topic of outcome events.</param>
public sealed class FaultInjector(string queue, string topic) : IBrokerFaults
{
    private readonly long[] _injected = new long[Enum.GetValues<FaultKind>().Length];
    private readonly ConcurrentDictionary<(FaultKind Kind, string Id), int> _repeated = new();
    private readonly ConcurrentDictionary<(FaultKind Kind, string Id), int> _ofTables = new();
    private readonly BrokerStates _broker = new();
    private volatile FaultSettings _settings = FaultSettings.None;

    /// <summary>The current settings; they can be changed at any time.</summary>
    public FaultSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>
    /// How often each kind was injected, and each state of queue or topic affected an operation, by name; without
    /// zeros.
    /// </summary>
    public IReadOnlyDictionary<string, long> Injected =>
        Enum.GetValues<FaultKind>()
            .Where(kind => CountOf(kind) > 0)
            .Select(kind => KeyValuePair.Create(FaultNames.Of(kind), CountOf(kind)))
            .Concat(_broker.Met)
            .ToDictionary();

    /// <summary>How often a kind was injected.</summary>
    public long CountOf(FaultKind kind) => Volatile.Read(ref _injected[(int)kind]);

    /// <summary>Returns whether a fault of the broker or the vault happens, and counts it.</summary>
    internal bool Hits(FaultKind kind, string id, int occurrence)
    {
        var current = _settings;
        if (
            !current.Rates.TryGetValue(kind, out double rate)
            || SeededChoice.Draw(current.Seed, kind.ToString(), id, occurrence) >= rate
        )
        {
            return false;
        }

        Count(kind);
        return true;
    }

    /// <summary>
    /// The same for an operation that is retried until it succeeds: each hit makes the next attempt a new occurrence,
    /// so that no operation fails forever.
    /// </summary>
    private bool HitsTry(FaultKind kind, string id)
    {
        var occurrence = _repeated.GetValueOrDefault((kind, id));
        if (!Hits(kind, id, occurrence))
        {
            return false;
        }

        _repeated[(kind, id)] = occurrence + 1;
        return true;
    }

    /// <summary>Whether the tables have faults now.</summary>
    internal bool AffectTables => _settings.Rates is { Count: > 0 } rates && rates.Keys.Any(FaultTraits.IsOfTables);

    /// <summary>
    /// Returns whether a fault of the tables happens, and counts it. Each attempt of an operation on a row is a new
    /// occurrence.
    /// </summary>
    internal bool HitsTables(FaultKind kind, string id) =>
        _settings.Rates.ContainsKey(kind)
        && Hits(kind, id, _ofTables.AddOrUpdate((kind, id), 1, static (_, count) => count + 1));

    /// <summary>
    /// Admits an operation, refuses it or lets it hang, by the state of the queue or topic. Other entities admit
    /// everything.
    /// </summary>
    /// <exception cref="BrokerFaultException">It is refused.</exception>
    public Task AdmitAsync(string entity, CancellationToken cancellationToken)
    {
        var current = _settings;
        if (current is { Queue: BrokerState.Ok, Topic: BrokerState.Ok })
        {
            return Task.CompletedTask;
        }

        if (queue.Equals(entity, StringComparison.OrdinalIgnoreCase))
        {
            return _broker.AdmitAsync(BrokerPart.Queue, current.Queue, cancellationToken);
        }

        return topic.Equals(entity, StringComparison.OrdinalIgnoreCase)
            ? _broker.AdmitAsync(BrokerPart.Topic, current.Topic, cancellationToken)
            : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public bool Hits(OperationFault fault, string messageId)
    {
        var kind = fault switch
        {
            OperationFault.QueueRefusal => FaultKind.ScheduleRefused,
            OperationFault.QueueAnswerLost => FaultKind.ScheduleAnswerLost,
            OperationFault.TopicRefusal => FaultKind.PublishRefused,
            OperationFault.TopicAnswerLost => FaultKind.PublishAnswerLost,
            OperationFault.ConnectionDropped => FaultKind.ConnectionDropped,
            OperationFault.LinkDetached => FaultKind.LinkDetached,
        };
        return HitsTry(kind, messageId);
    }

    /// <inheritdoc/>
    public bool Hits(DeliveryFault fault, string messageId, int deliveryCount)
    {
        var kind = fault switch
        {
            DeliveryFault.Redelivery => FaultKind.Redelivery,
            DeliveryFault.LockLost => FaultKind.LockLost,
        };
        return Hits(kind, messageId, deliveryCount);
    }

    /// <summary>The fault of a provider call; the caller counts it.</summary>
    internal FaultKind ForCall(ProviderOperation operation, string orderId, int call)
    {
        var current = _settings;
        if (current.Rates.Count == 0)
        {
            return FaultKind.None;
        }

        var draw = SeededChoice.Draw(current.Seed, operation.ToString(), orderId, call);
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            if (!kind.IsOfProvider() || !current.Rates.TryGetValue(kind, out double rate))
            {
                continue;
            }

            if (draw < rate)
            {
                // A read must not deny an existing order: the service believes it.
                return operation == ProviderOperation.Get && kind.DeniesOrder() ? FaultKind.None : kind;
            }

            draw -= rate;
        }

        return FaultKind.None;
    }

    internal void Count(FaultKind kind) => Interlocked.Increment(ref _injected[(int)kind]);
}
