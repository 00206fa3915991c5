namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>An order of the simulated provider. Thread-safe.</summary>
public sealed class SimulatedOrder
{
    /// <summary>The time between an order's creation and its end.</summary>
    public static readonly TimeSpan TimeToPay = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly List<PlannedFault> _planned = [];
    private readonly Dictionary<ProviderOperation, Queue<HeldCall>> _held = [];
    private DateTimeOffset _endTime;
    private int _status;
    private int _cancelCalls;
    private int _getCalls;

    internal SimulatedOrder(string orderId, string? hash, int status, DateTimeOffset createdAt)
    {
        OrderId = orderId;
        Hash = hash;
        CreatedAt = createdAt;
        _endTime = createdAt + TimeToPay;
        _status = status;
    }

    /// <summary>Decimal digits.</summary>
    public string OrderId { get; }

    /// <summary>An alternative to the order id.</summary>
    public string? Hash { get; }

    /// <summary>The <c>startTime</c> of getOrder.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>
    /// The <c>endTime</c> of getOrder: when the time to pay ends. Setting it extends or shortens the order. The state
    /// does not change by itself at that time.
    /// </summary>
    public DateTimeOffset EndTime
    {
        get
        {
            lock (_gate)
            {
                return _endTime;
            }
        }
        set
        {
            lock (_gate)
            {
                _endTime = value;
            }
        }
    }

    /// <summary>
    /// One of <see cref="OrderStates"/>; setting it simulates an action of the payer or the provider.
    /// </summary>
    public int Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }

    /// <summary>The number of cancelOrder calls, whatever their answers.</summary>
    public int CancelCalls => Volatile.Read(ref _cancelCalls);

    /// <summary>The number of getOrder calls, whatever their answers.</summary>
    public int GetCalls => Volatile.Read(ref _getCalls);

    /// <summary>
    /// Pays the order if it is waiting for payment, like a payer who races a cancel; otherwise returns false.
    /// </summary>
    public bool TryPay() =>
        Interlocked.CompareExchange(ref _status, OrderStates.Paid, OrderStates.Waiting) == OrderStates.Waiting;

    /// <summary>Adds faults for the next calls; each is used once, in order, instead of faults by rate.</summary>
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

    /// <summary>Cancels the order if it is waiting for payment; otherwise returns false.</summary>
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
