using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// The two contracts, rendered for people. The page and all that it loads come from this host, and the browser is told
/// to load nothing else: whoever works offline sees it whole, and nobody elsewhere hears that it was opened.
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

    /// <summary>
    /// The script that starts the page is in it, and the scripts bring their styles and images along.
    /// </summary>
    private static string Policy(string nonce) =>
        $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";
}
