using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Http.Reading;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>Registers the HTTP API.</summary>
public static class OrderApiServices
{
    /// <summary>Adds <see cref="OrderApi"/>. It needs the services of <c>AddOrderCancellation</c>.</summary>
    public static IServiceCollection AddOrderApi(this IServiceCollection services)
    {
        services.AddSingleton<CallerReader>();
        services.AddSingleton<CallerLimit>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<WebhookHandshake>();
        services.AddSingleton<CancelEndpoint>();
        services.AddSingleton<TimeoutEndpoint>();
        services.AddSingleton<RecordsEndpoint>();
        services.AddSingleton<HealthEndpoint>();
        return services.AddSingleton(static provider => new OrderApi(
            provider.GetRequiredService<RequestReader>(),
            provider.GetRequiredService<WebhookHandshake>(),
            provider.GetRequiredService<CancelEndpoint>(),
            provider.GetRequiredService<TimeoutEndpoint>(),
            provider.GetRequiredService<RecordsEndpoint>(),
            provider.GetRequiredService<HealthEndpoint>(),
            provider.GetRequiredService<WorkInProgress>(),
            provider.GetRequiredService<ILogger<OrderApi>>()
        ));
    }
}
