namespace Onramp.Cancellation;

/// <summary><c>GET /api/health</c>: whether the service can sign.</summary>
public sealed class HealthEndpoint
{
    private readonly CredentialStore _credentials;

    internal HealthEndpoint(CredentialStore credentials) => _credentials = credentials;

    /// <summary>Answers 200 when the credentials are loaded, 503 otherwise.</summary>
    public ApiResponse Handle(ApiRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Method is not ("GET" or "HEAD"))
        {
            return Problems.MethodNotAllowed("GET, HEAD");
        }

        return _credentials.IsLoaded ? ApiJson.Respond(200, new HealthBody("ready"), ApiJson.Default.HealthBody) : Problems.NotReady();
    }
}
