namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>Reads and changes the simulated orders: <c>/simulator/orders</c>.</summary>
internal sealed class OrderEndpoints(OnrampSimulator simulator, LocalJson json)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/simulator/orders",
            context => json.WriteAsync<OrderView[]>(context, 200, [.. simulator.Orders.Select(OrderView.Of)])
        );
        routes.MapGet("/simulator/orders/{orderId}", GetAsync);
        routes.MapPut("/simulator/orders/{orderId}", PutAsync);
    }

    private Task GetAsync(HttpContext context) =>
        simulator.TryGet(OrderId(context), out var order)
            ? json.WriteAsync(context, 200, OrderView.Of(order))
            : LocalJson.WriteErrorAsync(
                context,
                404,
                $"Order {OrderId(context)} does not exist; PUT /simulator/orders/{{orderId}} creates one."
            );

    private async Task PutAsync(HttpContext context)
    {
        var orderId = OrderId(context);
        if (!OrderReference.IsOrderId(orderId))
        {
            await LocalJson.WriteErrorAsync(
                context,
                400,
                "An order id must be 1 to 19 decimal digits without a leading zero, as at the provider."
            );
            return;
        }

        if (await json.ReadAsync<OrderRequest>(context) is not { } request)
        {
            return;
        }

        List<PlannedFault> plan = [];
        foreach (string text in request.Faults)
        {
            if (!PlannedFault.TryParse(text, out var fault))
            {
                await LocalJson.WriteErrorAsync(
                    context,
                    400,
                    $"{text} is not a fault of the provider. Known faults: {FaultNames.OfProvider}; "
                        + "the prefix cancel: or get: selects the call."
                );
                return;
            }

            plan.Add(fault.Value);
        }

        if (FaultOf(request, orderId) is { } problem)
        {
            await LocalJson.WriteErrorAsync(context, 400, problem);
            return;
        }

        var isNew = !simulator.TryGet(orderId, out _);
        var order = simulator.Put(orderId, request.Status, request.Hash, plan);
        await json.WriteAsync(context, isNew ? 201 : 200, OrderView.Of(order));
    }

    private string? FaultOf(OrderRequest request, string orderId)
    {
        if (!OrderStates.Exists(request.Status))
        {
            return "status must be one of -3 (cancelled), -1 (failed), 0 (waiting), 1 (paid), 2 (completed).";
        }

        if (request.Hash is not { } hash)
        {
            return null;
        }

        if (!OrderReference.IsHash(hash))
        {
            return $"hash must have 1 to {OrderReference.MaxHashLength} printable ASCII characters without spaces.";
        }

        return simulator.TryGetByHash(hash, out var other) && other.OrderId != orderId
            ? $"Order {other.OrderId} has this hash."
            : null;
    }

    private static string OrderId(HttpContext context) => (string)context.Request.RouteValues["orderId"]!;
}
