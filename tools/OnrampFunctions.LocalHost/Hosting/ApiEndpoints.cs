namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>Maps the routes of the service to the API.</summary>
internal sealed class ApiEndpoints(IServiceProvider services)
{
    // Created by the first request: it needs valid options, and invalid ones are reported when the host starts.
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
