using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Http.Endpoints;
using Onramp.Cancellation.Redis;
using Onramp.Cancellation.ServiceBus;
using Onramp.Cancellation.Tables;

namespace OnrampFunctions;

/// <summary>Configures the worker of the app.</summary>
public static class CancellationApp
{
    /// <summary>Adds everything that the triggers use.</summary>
    public static FunctionsApplicationBuilder AddCancellationApp(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<InvocationTrace>();
        builder.Logging.AddBackgroundConsole().AddHostLogFilter();
        builder.Services.Configure<KestrelServerOptions>(static kestrel =>
            kestrel.Limits.MaxRequestBodySize = OrderApi.MaxUploadBytes
        );
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = GracefulShutdown.Limit);
        builder.Services.AddAppTelemetry(builder.Configuration);
        builder.Services.AddOrderCancellation(builder.Configuration);
        builder.Services.AddOrderApi();
        builder.Services.AddServiceBus(builder.Configuration);
        builder.Services.AddTables(builder.Configuration);
        builder.Services.AddSharedLimit(builder.Configuration);
        return builder;
    }
}
