namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>Reads and changes the simulated orders: <c>/simulator/orders</c>.</summary>
internal sealed class OrderEndpoints(OnrampSimulator simulator, LocalJson json, TimeProvider clock)
{
    private static readonly TimeSpan MostTime = TimeSpan.FromDays(366);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/simulator/orders",
            context => json.WriteAsync<OrderView[]>(context, 200, [.. simulator.Orders.Select(OrderView.Of)])
        );
        routes.MapGet("/simulator/orders/{orderId}", GetAsync);
        routes.MapPut("/simulator/orders/{orderId}", PutAsync);
        routes.MapPatch("/simulator/orders/{orderId}", PatchAsync);
    }

    private Task GetAsync(HttpContext context) =>
        simulator.TryGet(OrderId(context), out var order)
            ? json.WriteAsync(context, 200, OrderView.Of(order))
            : WriteNotFoundAsync(context);

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
        if (request.EndsIn is { } timeToPay)
        {
            order.EndTime = clock.GetUtcNow() + timeToPay;
        }

        await json.WriteAsync(context, isNew ? 201 : 200, OrderView.Of(order));
    }

    /// <summary>Changes an order and keeps its hash, its counters and its planned faults.</summary>
    private async Task PatchAsync(HttpContext context)
    {
        if (!simulator.TryGet(OrderId(context), out var order))
        {
            await WriteNotFoundAsync(context);
            return;
        }

        if (await json.ReadAsync<OrderChange>(context) is not { } change)
        {
            return;
        }

        if (FaultOf(change.Status, change.EndsIn) is { } problem)
        {
            await LocalJson.WriteErrorAsync(context, 400, problem);
            return;
        }

        if (change.EndsIn is { } timeToPay)
        {
            order.EndTime = clock.GetUtcNow() + timeToPay;
        }

        if (change.Status is { } status)
        {
            order.Status = status;
        }

        await json.WriteAsync(context, 200, OrderView.Of(order));
    }

    private static string? FaultOf(int? status, TimeSpan? endsIn)
    {
        if (status is { } state && !OrderStates.Exists(state))
        {
            return "status must be one of -3 (cancelled), -1 (failed), 0 (waiting), 1 (paid), 2 (completed).";
        }

        return endsIn is { } timeToPay && (timeToPay > MostTime || timeToPay < -MostTime)
            ? "endsIn must be at most 366 days, as in \"00:30:00\"; negative when the time to pay has ended."
            : null;
    }

    private string? FaultOf(OrderRequest request, string orderId)
    {
        if (FaultOf(request.Status, request.EndsIn) is { } problem)
        {
            return problem;
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

    private static Task WriteNotFoundAsync(HttpContext context) =>
        LocalJson.WriteErrorAsync(
            context,
            404,
            $"Order {OrderId(context)} does not exist; PUT /simulator/orders/{{orderId}} creates one."
        );

    private static string OrderId(HttpContext context) => (string)context.Request.RouteValues["orderId"]!;
}
