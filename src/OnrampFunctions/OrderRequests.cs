using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Onramp.Cancellation.Http.Endpoints;
using Onramp.Cancellation.Http.Reading;

namespace OnrampFunctions;

/// <summary>
/// The HTTP triggers, one for each route. They accept every method, so that a wrong one gets the same response as on
/// any other host.
/// </summary>
public sealed class OrderRequests(OrderApi api)
{
    /// <summary>Cancels an order.</summary>
    [Function(nameof(ApiRoute.CancelOrder))]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "orders/cancel")] HttpRequest request
    ) => AnswerAsync(ApiRoute.CancelOrder, request);

    /// <summary>Arms a timeout.</summary>
    [Function(nameof(ApiRoute.ArmOrderTimeout))]
    public Task<IResult> ArmAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "orders/timeouts")] HttpRequest request
    ) => AnswerAsync(ApiRoute.ArmOrderTimeout, request);

    /// <summary>Disarms a timeout.</summary>
    [Function(nameof(ApiRoute.DisarmOrderTimeout))]
    public Task<IResult> DisarmAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "orders/timeouts/{timeoutId}")] HttpRequest request
    ) => AnswerAsync(ApiRoute.DisarmOrderTimeout, request);

    /// <summary>Reports whether this instance can sign.</summary>
    [Function(nameof(ApiRoute.Health))]
    public Task<IResult> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "health")] HttpRequest request
    ) => AnswerAsync(ApiRoute.Health, request);

    /// <summary>Returns the contract of the HTTP API.</summary>
    [Function(nameof(ApiRoute.OpenApi))]
    public Task<IResult> OpenApiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "openapi.json")] HttpRequest request
    ) => AnswerAsync(ApiRoute.OpenApi, request);

    /// <summary>Returns the contract of the queue and the topic.</summary>
    [Function(nameof(ApiRoute.AsyncApi))]
    public Task<IResult> AsyncApiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "asyncapi.json")] HttpRequest request
    ) => AnswerAsync(ApiRoute.AsyncApi, request);

    /// <summary>Returns one JSON Schema of the contracts.</summary>
    [Function(nameof(ApiRoute.Schema))]
    public Task<IResult> SchemaAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "schemas/{name}")] HttpRequest request
    ) => AnswerAsync(ApiRoute.Schema, request);

    private Task<IResult> AnswerAsync(ApiRoute route, HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return api.AnswerAsync(route, request.HttpContext);
    }
}
