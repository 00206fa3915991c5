using System.Net.Http.Headers;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>
/// The vault for another process, over https, and the platform's endpoint for the tokens of a managed identity
/// (<see href="https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference">its
/// protocol</see>).
/// </summary>
internal sealed class SecretEndpoints(VaultHandler vault, LocalJson json) : IDisposable
{
    public const string IdentityPath = "/simulator/identity/token";

    /// <summary>The secret between the platform and the app (<c>IDENTITY_HEADER</c>).</summary>
    public const string IdentityHeader = "header-of-the-platform";

    private readonly HttpMessageInvoker _vault = new(vault, disposeHandler: false);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/secrets/{**rest}", ReadAsync);
        routes.MapGet(IdentityPath, SignInAsync);
    }

    public void Dispose() => _vault.Dispose();

    private async Task ReadAsync(HttpContext context)
    {
        using HttpRequestMessage request = new(
            HttpMethod.Get,
            $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}"
        );
        if (AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var authorization))
        {
            request.Headers.Authorization = authorization;
        }

        try
        {
            using var answer = await _vault.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.Headers.WWWAuthenticate = answer.Headers.WwwAuthenticate.ToString();
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (HttpRequestException)
        {
            // As a vault that is down appears to the process.
            context.Abort();
        }
    }

    private async Task SignInAsync(HttpContext context)
    {
        if (context.Request.Headers["X-IDENTITY-HEADER"] != IdentityHeader)
        {
            await LocalJson.WriteErrorAsync(
                context,
                401,
                "X-IDENTITY-HEADER must have the value of IDENTITY_HEADER in the app's settings."
            );
            return;
        }

        IdentityToken token = new(
            LocalCredential.Token,
            "4102444800",
            context.Request.Query["resource"].ToString(),
            "Bearer"
        );
        await json.WriteAsync(context, 200, token);
    }
}
