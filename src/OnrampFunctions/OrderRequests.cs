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

    /// <summary>Arms or moves the caller's timeout on an order, shows it or disarms it.</summary>
    [Function(nameof(ApiRoute.OrderTimeout))]
    public Task<IResult> TimeoutAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "orders/{order}/timeout")] HttpRequest request
    ) => AnswerAsync(ApiRoute.OrderTimeout, request);

    /// <summary>Returns the outcomes of an order.</summary>
    [Function(nameof(ApiRoute.OrderOutcomes))]
    public Task<IResult> OutcomesAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "orders/{order}/outcomes")] HttpRequest request
    ) => AnswerAsync(ApiRoute.OrderOutcomes, request);

    /// <summary>Returns the state of a request.</summary>
    [Function(nameof(ApiRoute.RequestState))]
    public Task<IResult> RequestAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "requests/{id}")] HttpRequest request
    ) => AnswerAsync(ApiRoute.RequestState, request);

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
