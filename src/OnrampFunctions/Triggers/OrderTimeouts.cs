using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation;

namespace OnrampFunctions.Triggers;

/// <summary>Stale-order timeouts over HTTP: <c>POST /api/orders/timeouts</c> and <c>DELETE /api/orders/timeouts/{timeoutId}</c>.</summary>
public sealed class OrderTimeouts(TimeoutEndpoint endpoint, IHostApplicationLifetime lifetime)
{
    /// <summary>Arms a timeout.</summary>
    [Function("ArmOrderTimeout")]
    public async Task<HttpResponseData> ArmAsync([HttpTrigger(AuthorizationLevel.Function, Route = "orders/timeouts")] HttpRequestData request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await endpoint.ArmAsync(request.ToApiRequest(), lifetime.ApplicationStopping);
        return await request.ToHttpAsync(answer, lifetime.ApplicationStopping);
    }

    /// <summary>Disarms a timeout.</summary>
    [Function("DisarmOrderTimeout")]
    public async Task<HttpResponseData> DisarmAsync(
        [HttpTrigger(AuthorizationLevel.Function, Route = "orders/timeouts/{timeoutId}")] HttpRequestData request, string timeoutId)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await endpoint.DisarmAsync(request.ToApiRequest(), timeoutId, lifetime.ApplicationStopping);
        return await request.ToHttpAsync(answer, lifetime.ApplicationStopping);
    }
}
