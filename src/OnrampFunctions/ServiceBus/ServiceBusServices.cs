using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Onramp.Cancellation;

namespace OnrampFunctions.ServiceBus;

/// <summary>Puts the core's two ports onto Service Bus.</summary>
public static class ServiceBusServices
{
    /// <summary>Adds the result topic and the queue, over one client.</summary>
    public static IServiceCollection AddServiceBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ServiceBusOptions>().Configure(options => ServiceBusOptions.Read(options, configuration)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServiceBusOptions>, ServiceBusOptionsValidator>();
        services.TryAddSingleton(static provider => CreateClient(
            provider.GetRequiredService<IOptions<ServiceBusOptions>>().Value, provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<IOutcomePublisher, OutcomePublisher>();
        services.AddSingleton<ICancelQueue, CancelQueue>();
        return services;
    }

    private static ServiceBusClient CreateClient(ServiceBusOptions options, TokenCredential credential)
        => options.ConnectionString is { Length: > 0 } connectionString
            ? new ServiceBusClient(connectionString)
            : new ServiceBusClient(options.FullyQualifiedNamespace, credential);
}
