namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>Body of <c>PUT /simulator/orders/{orderId}</c>.</summary>
internal sealed record OrderRequest
{
    public int Status { get; set; }

    public string? Hash { get; set; }

    /// <summary>Faults of the next calls, one per call: <c>kind</c>, <c>cancel:kind</c> or <c>get:kind</c>.</summary>
    public IReadOnlyList<string> Faults { get; set; } = [];
}

/// <summary>The simulator's view of an order.</summary>
internal sealed record OrderView(string OrderId, int Status, string State, string? Hash, int CancelCalls, int GetCalls)
{
    public static OrderView Of(SimulatedOrder order) =>
        new(
            order.OrderId,
            order.Status,
            OrderStates.Describe(order.Status),
            order.Hash,
            order.CancelCalls,
            order.GetCalls
        );
}
