namespace Onramp.Cancellation.Model.Tests;

/// <summary>One operation of the service under way: a request or a delivery.</summary>
internal sealed class Operation(string name, long begun, string? version, Fault? fault)
{
    public string Name => name;

    /// <summary>When its change was asked for: a number in the order of events.</summary>
    public long Begun => begun;

    /// <summary>When it ended or its process crashed; null before.</summary>
    public long? Ended { get; set; }

    /// <summary>The version of the alarm that it handles; null for others.</summary>
    public string? Version => version;

    /// <summary>The id of the message that arms a timeout, if it handles one; null for others.</summary>
    public string? ArmingMessage { get; init; }

    /// <summary>The id of its change; null for none.</summary>
    public string? ChangeId { get; init; }

    /// <summary>Whether it is a request to arm or move.</summary>
    public bool IsArming { get; init; }

    /// <summary>Whether it is a request to disarm.</summary>
    public bool IsDisarming { get; init; }

    /// <summary>The row of its timeout.</summary>
    public RowKey? Row { get; init; }

    /// <summary>Whether it has scheduled a copy of its message.</summary>
    public bool IsCopied { get; set; }

    public Fault? Fault { get; set; } = fault;

    public int Calls { get; set; }

    /// <summary>Whether its process has crashed. Nothing that it still does has an effect.</summary>
    public bool HasCrashed { get; set; }

    /// <summary>The call that waits, as an action that lets it go on; null for none.</summary>
    public Action<Fate>? Parked { get; set; }

    /// <summary>The order as this operation read it first.</summary>
    public OrderState? FirstReading { get; private set; }

    /// <summary>The order as this operation read it last.</summary>
    public OrderState? LastReading
    {
        get;
        set
        {
            field = value;
            FirstReading ??= value;
        }
    }

    public Task Task { get; set; } = Task.CompletedTask;
}

/// <summary>An order at Onramp.</summary>
internal sealed record OrderState(OrderStatus Status, DateTimeOffset End)
{
    public bool IsWaiting => Status == OrderStatus.WaitingForPayment;
}
