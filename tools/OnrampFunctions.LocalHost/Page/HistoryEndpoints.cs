using System.Globalization;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Everything about one order, <c>GET /simulator/history/orders/{order}</c>, and about one request,
/// <c>GET /simulator/history/requests/{id}</c>, which <c>?requestId=</c> finds by its own id. Unlike the API, they show
/// what belongs to any caller.
/// </summary>
internal sealed class HistoryEndpoints(Histories histories, LocalJson json)
{
    private const int DefaultOutcomes = 20;
    private const int MaxOutcomes = 500;
    private const string HashPrefix = "hash:";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulator/history/orders/{order}", OrderAsync);
        routes.MapGet("/simulator/history/requests/{id}", RequestAsync);
        routes.MapGet("/simulator/history/requests", RequestsAsync);
    }

    private async Task OrderAsync(HttpContext context)
    {
        if (OrderOf(context) is not { } order)
        {
            await LocalJson.WriteErrorAsync(
                context,
                400,
                $"An order is an id of 1 to {OrderReference.MaxOrderIdLength} digits, or {HashPrefix} and its hash."
            );
            return;
        }

        if (OutcomesOf(context) is not { } outcomes)
        {
            await LocalJson.WriteErrorAsync(context, 400, $"outcomes must be a number from 1 to {MaxOutcomes}.");
            return;
        }

        await json.WriteAsync(context, 200, await histories.OfOrderAsync(order, outcomes, context.RequestAborted));
    }

    private async Task RequestAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (RequestRecord.IsId(id) && await histories.OfRequestAsync(id, context.RequestAborted) is { } history)
        {
            await json.WriteAsync(context, 200, history);
            return;
        }

        await LocalJson.WriteErrorAsync(
            context,
            404,
            "Nothing is known of this request: it has no record, no message and no recent outcome."
        );
    }

    private async Task RequestsAsync(HttpContext context)
    {
        if (context.Request.Query["requestId"].ToString() is not { Length: > 0 } requestId)
        {
            await LocalJson.WriteErrorAsync(context, 400, "Which request? Add ?requestId= and its id.");
            return;
        }

        await json.WriteAsync(context, 200, await histories.FindRequestsAsync(requestId, context.RequestAborted));
    }

    private static OrderReference? OrderOf(HttpContext context)
    {
        // The web server decodes everything but the slash, which would end the segment.
        var text = ((string)context.Request.RouteValues["order"]!).Replace(
            "%2F",
            "/",
            StringComparison.OrdinalIgnoreCase
        );
        if (OrderReference.IsOrderId(text))
        {
            return OrderReference.FromOrderId(text);
        }

        return text.StartsWith(HashPrefix, StringComparison.Ordinal) && OrderReference.IsHash(text[HashPrefix.Length..])
            ? OrderReference.FromHash(text[HashPrefix.Length..])
            : null;
    }

    private static int? OutcomesOf(HttpContext context)
    {
        if (!context.Request.Query.TryGetValue("outcomes", out var text))
        {
            return DefaultOutcomes;
        }

        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        return isNumber && count is >= 1 and <= MaxOutcomes ? count : null;
    }
}
