using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>The state of the simulated provider: its orders, its clock and the credentials that it accepts.</summary>
public sealed class OnrampSimulator
{
    private readonly ConcurrentDictionary<string, SimulatedOrder> _orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SimulatedOrder> _ordersByHash = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly FaultInjector _faults;
    private volatile ProviderCredentials _credentials;
    private int _clockReads;

    /// <summary>Creates a provider with one order in every state (1443 to 1447) and one with a hash (1448).</summary>
    public OnrampSimulator(ProviderCredentials credentials, TimeProvider clock, FaultInjector faults)
    {
        _credentials = credentials;
        _clock = clock;
        _faults = faults;
        Put("1443", OrderStates.Waiting);
        Put("1444", OrderStates.Paid);
        Put("1445", OrderStates.Completed);
        Put("1446", OrderStates.Failed);
        Put("1447", OrderStates.Cancelled);
        Put("1448", OrderStates.Waiting, "9f86d081884c7d65");
    }

    /// <summary>Raised for every call about an existing order, before it is answered.</summary>
    public event Action<ProviderCall>? Called;

    /// <summary>
    /// Raised for every cancelOrder and getOrder, valid or not, with its headers. Handlers must be quick.
    /// </summary>
    public event Action<SignedHeaders>? Received;

    /// <summary>Raised for the same calls, when they arrive. Handlers must be quick.</summary>
    internal event Action<SeenCall>? Seen;

    /// <summary>The accepted credentials. After a change, requests signed with the previous ones are refused.</summary>
    public ProviderCredentials Credentials
    {
        get => _credentials;
        set => _credentials = value;
    }

    /// <summary>The provider's time: this machine's plus <see cref="FaultSettings.ClockOffset"/>.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow() + _faults.Settings.ClockOffset;

    /// <summary>How often its clock was read.</summary>
    public int ClockReads => Volatile.Read(ref _clockReads);

    /// <summary>All orders, by id.</summary>
    public IReadOnlyList<SimulatedOrder> Orders =>
        [
            .. _orders
                .Values.OrderBy(order => order.OrderId.Length)
                .ThenBy(order => order.OrderId, StringComparer.Ordinal),
        ];

    /// <summary>Creates or replaces an order; its counters start at zero.</summary>
    public SimulatedOrder Put(
        string orderId,
        int status = OrderStates.Waiting,
        string? hash = null,
        params IEnumerable<PlannedFault> plan
    )
    {
        SimulatedOrder order = new(orderId, hash, status, _clock.GetUtcNow());
        order.Plan(plan);
        if (_orders.TryGetValue(orderId, out var before) && before.Hash is { } oldHash)
        {
            _ordersByHash.TryRemove(oldHash, out _);
        }

        _orders[orderId] = order;
        if (hash is not null)
        {
            _ordersByHash[hash] = order;
        }

        return order;
    }

    /// <summary>The number of orders.</summary>
    internal int Count => _orders.Count;

    /// <summary>The latest orders, newest first.</summary>
    internal IEnumerable<SimulatedOrder> Newest(int count) =>
        _orders
            .Values.OrderByDescending(order => order.CreatedAt)
            .ThenBy(order => order.OrderId.Length)
            .ThenBy(order => order.OrderId, StringComparer.Ordinal)
            .Take(count);

    /// <summary>Finds an order by its id.</summary>
    public bool TryGet(string orderId, [NotNullWhen(true)] out SimulatedOrder? order) =>
        _orders.TryGetValue(orderId, out order);

    /// <summary>Returns an existing order.</summary>
    /// <exception cref="KeyNotFoundException">The order does not exist.</exception>
    public SimulatedOrder Order(string orderId) => _orders[orderId];

    internal bool TryGetByHash(string hash, [NotNullWhen(true)] out SimulatedOrder? order) =>
        _ordersByHash.TryGetValue(hash, out order);

    internal void Report(SeenCall call)
    {
        Received?.Invoke(call.Headers);
        Seen?.Invoke(call);
    }

    internal void Report(SimulatedOrder order, ProviderOperation operation, FaultKind fault) =>
        Called?.Invoke(new ProviderCall(order.OrderId, operation, fault, order.Status));

    internal void CountClockRead() => Interlocked.Increment(ref _clockReads);
}
