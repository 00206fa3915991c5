namespace OnrampFunctions.Local;

/// <summary>The service's own routes: hands every request over, and lets none begin while the host stops.</summary>
internal sealed class ApiEndpoints(IServiceProvider services, WorkInProgress work)
{
    // Not before the first request: making it needs valid options, and a fault in those is told when the host starts.
    private readonly Lazy<OrderApi> _api = new(services.GetRequiredService<OrderApi>);

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in ApiRoute.All)
        {
            routes.Map($"/{ApiRoute.Prefix}/{route.Path}", context => AnswerAsync(route, context));
        }
    }

    private async Task AnswerAsync(ApiRoute route, HttpContext context)
    {
        if (!work.TryBegin())
        {
            await WriteStoppingAsync(context);
            return;
        }

        try
        {
            var answer = await _api.Value.AnswerAsync(route, context, work.Abandoned);
            await answer.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (work.Abandoned.IsCancellationRequested)
        {
            await WriteStoppingAsync(context);
        }
        finally
        {
            work.End();
        }
    }

    private static Task WriteStoppingAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        context.Response.Headers.Connection = "close";
        return LocalJson.WriteErrorAsync(context, 503, "The local host is stopping; repeating the request is safe.");
    }
}
