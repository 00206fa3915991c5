namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>An order of the simulated provider. Safe to use from many calls at once.</summary>
public sealed class SimulatedOrder
{
    private readonly Lock _gate = new();
    private readonly List<PlannedFault> _planned = [];
    private readonly Dictionary<ProviderOperation, Queue<HeldCall>> _held = [];
    private int _status;
    private int _cancelCalls;
    private int _getCalls;

    internal SimulatedOrder(string orderId, string? hash, int status, DateTimeOffset createdAt)
    {
        OrderId = orderId;
        Hash = hash;
        CreatedAt = createdAt;
        _status = status;
    }

    /// <summary>Decimal digits.</summary>
    public string OrderId { get; }

    /// <summary>What the order can be named by instead of its id.</summary>
    public string? Hash { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>
    /// One of <see cref="OrderStates"/>; setting it is what a payer's or the provider's own doing would be.
    /// </summary>
    public int Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }

    /// <summary>How often cancelOrder named this order, whatever it was answered.</summary>
    public int CancelCalls => Volatile.Read(ref _cancelCalls);

    /// <summary>How often getOrder named this order, whatever it was answered.</summary>
    public int GetCalls => Volatile.Read(ref _getCalls);

    /// <summary>
    /// Pays the order if it waits for payment, as a payer would who races a cancel; false in every other state.
    /// </summary>
    public bool TryPay() =>
        Interlocked.CompareExchange(ref _status, OrderStates.Paid, OrderStates.Waiting) == OrderStates.Waiting;

    /// <summary>Adds faults for the next calls; each is used once, in order, and goes before faults by rate.</summary>
    public void Plan(params IEnumerable<PlannedFault> faults)
    {
        lock (_gate)
        {
            _planned.AddRange(faults);
        }
    }

    /// <summary>Makes the provider hold the next call of an operation.</summary>
    public HeldCall Hold(ProviderOperation operation)
    {
        HeldCall call = new();
        lock (_gate)
        {
            if (!_held.TryGetValue(operation, out var queue))
            {
                _held[operation] = queue = new Queue<HeldCall>();
            }

            queue.Enqueue(call);
        }

        return call;
    }

    /// <summary>Cancels the order if it waits for payment; false in every other state.</summary>
    internal bool TryCancel() =>
        Interlocked.CompareExchange(ref _status, OrderStates.Cancelled, OrderStates.Waiting) == OrderStates.Waiting;

    internal int CountCall(ProviderOperation operation) =>
        operation == ProviderOperation.Cancel
            ? Interlocked.Increment(ref _cancelCalls)
            : Interlocked.Increment(ref _getCalls);

    internal PlannedFault? TakePlanned(ProviderOperation operation)
    {
        lock (_gate)
        {
            var index = _planned.FindIndex(fault => fault.Operation is null || fault.Operation == operation);
            if (index < 0)
            {
                return null;
            }

            var taken = _planned[index];
            _planned.RemoveAt(index);
            return taken;
        }
    }

    internal HeldCall? TakeHeld(ProviderOperation operation)
    {
        lock (_gate)
        {
            return _held.TryGetValue(operation, out var queue) && queue.TryDequeue(out var call) ? call : null;
        }
    }
}
