using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// The two contracts, rendered for people. The page loads everything from this host, enforced by its content security
/// policy: it works offline and contacts no other server.
/// </summary>
internal static class ApiReference
{
    public const string Path = "/reference";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference(
            Path,
            static (options, context) =>
            {
                var nonce = RandomNumberGenerator.GetHexString(32);
                context.Response.Headers.ContentSecurityPolicy = Policy(nonce);
                options
                    .WithTitle("Onramp order cancellation")
                    .AddDocument("openapi", "HTTP", $"/{ApiRoute.Prefix}/{ApiRoute.OpenApi.Path}", isDefault: true)
                    .AddAsyncApiDocument("asyncapi", "Service Bus", $"/{ApiRoute.Prefix}/{ApiRoute.AsyncApi.Path}")
                    .WithNonce(nonce)
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideClientButton()
                    .HideDeveloperTools();
            }
        );

    /// <summary>The page has an inline script, and its scripts add styles and images.</summary>
    private static string Policy(string nonce) =>
        $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";
}
