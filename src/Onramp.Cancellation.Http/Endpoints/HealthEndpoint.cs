using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary><c>GET /api/health</c>: 200 when the service can sign, 503 otherwise.</summary>
internal sealed class HealthEndpoint(CredentialStore credentials)
{
    public IResult Answer() =>
        credentials.IsLoaded
            ? ApiJson.Respond(StatusCodes.Status200OK, new HealthBody("ready"), ApiJson.Default.HealthBody)
            : Problems.NotReady();
}
