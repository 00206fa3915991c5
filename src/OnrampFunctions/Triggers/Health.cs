using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Onramp.Cancellation;

namespace OnrampFunctions.Triggers;

/// <summary>Whether this instance can sign: <c>GET /api/health</c>, for everybody.</summary>
public sealed class Health(HealthEndpoint endpoint)
{
    /// <summary>Answers 200 or 503.</summary>
    [Function("Health")]
    public Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "health")] HttpRequestData request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.ToHttpAsync(endpoint.Handle(request.ToApiRequest()), cancellationToken);
    }
}
