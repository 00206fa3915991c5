using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Onramp.Testing;

namespace FunctionsHost;

/// <summary>
/// A Key Vault with two secrets, and the endpoint at which the platform signs a managed identity in. Over real TLS and HTTP, so that the app's own clients of
/// both are what runs. Application Insights, which the app signs in to as well, is at the same address.
/// </summary>
public sealed class KeyVault : IAsyncDisposable
{
    private const string Token = "token-of-the-app";

    // The client refuses a challenge for a resource that is not its vault's domain; of an address by number, this is.
    private const string Resource = "api://0.1";

    private readonly WebApplication _app;
    private readonly VaultCertificate _certificate;
    private readonly SemaphoreSlim _reads = new(0);
    private readonly ConcurrentQueue<Received> _telemetry = new();

    private KeyVault(WebApplication app, VaultCertificate certificate) => (_app, _certificate) = (app, certificate);

    /// <summary>Where it is. The number of this machine: names below localhost do not resolve everywhere.</summary>
    public string Address => Addresses[0];

    /// <summary>What a reading of a secret is answered with, by its name.</summary>
    public Func<string, VaultAnswer> Answer { get; set; } = static name => VaultAnswer.Secret(name, $"value-of-{name}");

    /// <summary>What answers wait for.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>The settings with which an app finds this vault, trusts it and signs in.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["KeyVault__VaultUri"] = Address,
        ["IDENTITY_ENDPOINT"] = $"{Addresses[1]}/msi/token",
        ["IDENTITY_HEADER"] = "header-of-the-platform",
        ["SSL_CERT_FILE"] = _certificate.PemFile,
    };

    /// <summary>The settings with which an app sends its telemetry here.</summary>
    public IReadOnlyDictionary<string, string?> InsightsSettings => new Dictionary<string, string?>
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint={Address}/",
        ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"] = "true",
    };

    /// <summary>The telemetry that came with the token of the app.</summary>
    public IReadOnlyCollection<Received> Telemetry => _telemetry;

    private string[] Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Opens both, on free ports of this machine.</summary>
    public static async Task<KeyVault> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        VaultCertificate certificate = new(time.GetUtcNow());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, port => port.UseHttps(certificate.Certificate));
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        KeyVault vault = new(app, certificate);
        app.MapGet("/secrets/{name}/{version?}", (RequestDelegate)vault.ReadAsync);
        app.MapGet("/msi/token", (RequestDelegate)SignInAsync);
        app.MapPost("/v2.1/track", (RequestDelegate)vault.TrackAsync);
        await app.StartAsync(cancellationToken);
        return vault;
    }

    /// <summary>Waits until so many more readings were begun.</summary>
    public async Task WhenReadAsync(int readings)
    {
        for (var reading = 0; reading < readings; reading++)
        {
            await _reads.WaitAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _reads.Dispose();
        _certificate.Dispose();
    }

    private async Task ReadAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"{Resource}\"";
            return;
        }

        _reads.Release();
        await Hold.WaitAsync(context.RequestAborted);
        var answer = Answer((string)context.Request.RouteValues["name"]!);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.Json);
    }

    private async Task TrackAsync(HttpContext context)
    {
        var received = await TelemetryReceiver.ReadAsync(context);
        if (received.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        _telemetry.Enqueue(received);
        var items = received.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"itemsReceived":{{items}},"itemsAccepted":{{items}},"errors":[]}""");
    }

    private static Task SignInAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            $$"""{"access_token":"{{Token}}","expires_on":"4102444800","resource":"{{context.Request.Query["resource"]}}","token_type":"Bearer"}""");
    }
}
