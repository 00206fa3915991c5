using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>Application Insights at the address of the vault. The app signs in to it as it does to the vault.</summary>
public sealed class InsightsReceiver : IStartupFilter
{
    private readonly ConcurrentQueue<Received> _received = new();

    /// <summary>The requests with the app's token.</summary>
    public IReadOnlyCollection<Received> Received => _received;

    /// <summary>The settings that make an app of this local host send its telemetry here.</summary>
    public static IReadOnlyDictionary<string, string?> SettingsOf(LocalApp host) =>
        new Dictionary<string, string?>
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] =
                $"InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint={host.FunctionsAppSettings!["KeyVault__VaultUri"]}",
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"] = "true",
        };

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Map("/v2.1/track", track => track.Run(TakeAsync));
            next(app);
        };

    private async Task TakeAsync(HttpContext context)
    {
        var received = await TelemetryReceiver.ReadAsync(context);
        if (received.Authorization is null || !received.Authorization.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        _received.Enqueue(received);
        var items = received.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"itemsReceived":{{items}},"itemsAccepted":{{items}},"errors":[]}""");
    }
}
