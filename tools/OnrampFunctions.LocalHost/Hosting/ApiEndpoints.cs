namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>The service's own routes: hands every request over.</summary>
internal sealed class ApiEndpoints(IServiceProvider services)
{
    // Not before the first request: making it needs valid options, and a fault in those is told when the host starts.
    private readonly Lazy<OrderApi> _api = new(services.GetRequiredService<OrderApi>);

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in ApiRoute.All)
        {
            routes.Map(
                $"/{ApiRoute.Prefix}/{route.Path}",
                async context => await (await _api.Value.AnswerAsync(route, context)).ExecuteAsync(context)
            );
        }
    }
}
