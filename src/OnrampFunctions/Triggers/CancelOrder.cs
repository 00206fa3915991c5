using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation;

namespace OnrampFunctions.Triggers;

/// <summary>The HTTP trigger: <c>POST /api/orders/cancel</c>.</summary>
public sealed class CancelOrder(CancelEndpoint endpoint, IHostApplicationLifetime lifetime)
{
    /// <summary>Cancels an order. Takes every method, so that a wrong one gets the same answer as on any other host.</summary>
    [Function("CancelOrder")]
    public async Task<HttpResponseData> RunAsync([HttpTrigger(AuthorizationLevel.Function, Route = "orders/cancel")] HttpRequestData request)
    {
        ArgumentNullException.ThrowIfNull(request);

        // Not the invocation's token: that one also fires when the caller hangs up, and a cancel must not stop halfway for it. The
        // core's own time budget ends the work; the worker's end cuts it short.
        var answer = await endpoint.HandleAsync(request.ToApiRequest(), lifetime.ApplicationStopping);
        return await request.ToHttpAsync(answer, lifetime.ApplicationStopping);
    }
}
