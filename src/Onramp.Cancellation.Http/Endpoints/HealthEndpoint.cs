using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary><c>GET /api/health</c>: returns 200 if the service can sign, otherwise 503.</summary>
internal sealed class HealthEndpoint(CredentialStore credentials, CallBudget budget)
{
    public IResult Answer() =>
        credentials.IsLoaded
            ? ApiJson.Respond(
                StatusCodes.Status200OK,
                new HealthBody("ready", budget.InForce),
                ApiJson.Default.HealthBody
            )
            : Problems.NotReady();
}
