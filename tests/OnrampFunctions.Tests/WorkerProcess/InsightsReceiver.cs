using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>Application Insights, which the app signs in to as to the vault, at the address of that.</summary>
public sealed class InsightsReceiver : IStartupFilter
{
    private readonly ConcurrentQueue<Received> _received = new();

    /// <summary>What came with the token of the app.</summary>
    public IReadOnlyCollection<Received> Received => _received;

    /// <summary>The settings with which an app of this local host sends its telemetry here.</summary>
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
