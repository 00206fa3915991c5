namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>Body of <c>PUT /simulator/orders/{orderId}</c>.</summary>
internal sealed record OrderRequest
{
    public int Status { get; set; }

    public string? Hash { get; set; }

    /// <summary>The time to pay from now on; null for <see cref="SimulatedOrder.TimeToPay"/>.</summary>
    public TimeSpan? EndsIn { get; set; }

    /// <summary>Faults of the next calls, one per call: <c>kind</c>, <c>cancel:kind</c> or <c>get:kind</c>.</summary>
    public IReadOnlyList<string> Faults { get; set; } = [];
}

/// <summary>Body of <c>PATCH /simulator/orders/{orderId}</c>: null keeps a value.</summary>
internal sealed record OrderChange
{
    public int? Status { get; set; }

    /// <summary>The time to pay from now on.</summary>
    public TimeSpan? EndsIn { get; set; }
}

/// <summary>The simulator's view of an order.</summary>
internal sealed record OrderView(
    string OrderId,
    int Status,
    string State,
    string? Hash,
    DateTimeOffset StartTime,
    DateTimeOffset EndTime,
    int CancelCalls,
    int GetCalls
)
{
    public static OrderView Of(SimulatedOrder order) =>
        new(
            order.OrderId,
            order.Status,
            OrderStates.Describe(order.Status),
            order.Hash,
            order.CreatedAt,
            order.EndTime,
            order.CancelCalls,
            order.GetCalls
        );
}
