using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Queue;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Registers the core's two ports over Service Bus.</summary>
public static class ServiceBusServices
{
    /// <summary>
    /// Adds the result topic and the queue, over one client. A port or a client that is already registered replaces
    /// these.
    /// </summary>
    public static IServiceCollection AddServiceBus(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<ServiceBusOptions>()
            .Configure(options => ServiceBusOptions.Read(options, configuration))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServiceBusOptions>, ServiceBusOptionsValidator>();
        services.TryAddSingleton(static provider =>
            CreateClient(
                provider.GetRequiredService<IOptions<ServiceBusOptions>>().Value,
                provider.GetRequiredService<TokenCredential>()
            )
        );
        services.TryAddSingleton<IOutcomePublisher, OutcomePublisher>();
        services.TryAddSingleton<ICancelQueue, CancelQueue>();
        services.AddSingleton<MessageDispatcher>();
        services.AddSingleton<OutcomeDispatcher>();
        return services;
    }

    /// <summary>Opens the queue alone, for a program that is not a host.</summary>
    public static ICancelQueue OpenQueue(ServiceBusClient client, string name) =>
        new CancelQueue(client, Options.Create(new ServiceBusOptions { Queue = name }));

    /// <summary>
    /// Limits the SDK's own retries to the time that the core has for one operation; the default is four attempts of a
    /// minute each.
    /// </summary>
    private static ServiceBusClientOptions ClientOptions =>
        new()
        {
            RetryOptions = new ServiceBusRetryOptions
            {
                Mode = ServiceBusRetryMode.Exponential,
                MaxRetries = 2,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(1),
                TryTimeout = TimeSpan.FromSeconds(3),
            },
        };

    private static ServiceBusClient CreateClient(ServiceBusOptions options, TokenCredential credential) =>
        options.ConnectionString is { Length: > 0 } connectionString
            ? new ServiceBusClient(connectionString, ClientOptions)
            : new ServiceBusClient(options.FullyQualifiedNamespace, credential, ClientOptions);
}
