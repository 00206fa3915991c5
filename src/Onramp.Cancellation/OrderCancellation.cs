using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>Puts the service together. A host adds <see cref="IOutcomePublisher"/> and <see cref="ICancelQueue"/>.</summary>
public static class OrderCancellation
{
    /// <summary>The source of the service's activities, for whoever collects traces.</summary>
    public const string ActivitySourceName = "Onramp.Cancellation";

    /// <summary>The key of the <see cref="HttpMessageHandler"/> that calls Onramp; register another one to stand in for the network.</summary>
    public const string HttpHandlerKey = OnrampTransport.HandlerKey;

    /// <summary>
    /// Adds everything between a trigger and the two ports. Options are validated, and the credentials loaded, before the host takes work.
    /// </summary>
    public static IServiceCollection AddOrderCancellation(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddCancellationOptions(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSigning(configuration);
        services.AddProvider();

        services.AddSingleton(Create<OrderCanceller>((s, _) => new(s.Get<OnrampClient>(), s.Get<IOptions<OnrampOptions>>(), s.Get<IOptions<OutcomesOptions>>(), s.Get<TimeProvider>())));
        services.AddSingleton<OutcomeReporter>();
        services.AddSingleton<RetrySchedule>();
        services.AddSingleton<PendingOutcome>();
        services.AddSingleton<CancelMessageReader>();
        services.AddSingleton<LimitedQueue>();
        services.AddSingleton<MessageEnds>();
        services.AddSingleton<OrderTimeouts>();
        services.AddSingleton(Create<CancelMessageHandler>((s, log) => new(
            s.Get<CancelMessageReader>(), s.Get<OrderCanceller>(), s.Get<MessageEnds>(), log)));
        services.AddSingleton(Create<CancelEndpoint>((s, log) => new(s.Get<OrderCanceller>(), s.Get<OutcomeReporter>(), s.Get<LimitedQueue>(), s.Get<TimeProvider>(), log)));
        services.AddSingleton(Create<TimeoutEndpoint>((s, log) => new(s.Get<OrderTimeouts>(), s.Get<TimeProvider>(), log)));
        services.AddSingleton(Create<HealthEndpoint>((s, _) => new(s.Get<CredentialStore>())));
        return services;
    }

    private static void AddSigning(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<TokenCredential>(_ => AzureCredential.Create(configuration));
        services.TryAddSingleton(s => KeyVaultClient.Create(s.Get<IOptions<KeyVaultOptions>>().Value, s.Get<TokenCredential>()));
        services.AddSingleton<KeyVaultCredentialReader>();
        services.AddSingleton(Create<CredentialStore>((s, log) => new(s.Get<KeyVaultCredentialReader>(), s.Get<IOptions<KeyVaultOptions>>(), s.Get<TimeProvider>(), log)));
        services.AddHostedService<CredentialLoader>();
        services.AddSingleton<ProviderClock>();
        services.AddSingleton<SigningService>();
    }

    private static void AddProvider(this IServiceCollection services)
    {
        services.TryAddKeyedSingleton<HttpMessageHandler>(HttpHandlerKey, static (s, _) => OnrampConnections.Create(s.Get<IOptions<OnrampOptions>>().Value));
        services.AddSingleton<OnrampTransport>();
        services.AddSingleton<ProviderPipeline>();
        services.AddSingleton<OnrampClient>();
    }

    private static void AddCancellationOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KeyVaultOptions>().Bind(configuration.GetSection(KeyVaultOptions.SectionName)).ValidateOnStart();
        services.AddOptions<OnrampOptions>().Bind(configuration.GetSection(OnrampOptions.SectionName)).ValidateOnStart()
            .Validate<IOptions<OutcomesOptions>>(
                static (onramp, outcomes) => onramp.TotalBudget >= 2 * onramp.CallTimeout + outcomes.Value.PublishTimeout,
                "Onramp__TotalBudget must leave time for two calls and the outcome's publication: raise it to at least 2 × Onramp__CallTimeout + Outcomes__PublishTimeout.");
        services.AddOptions<OutcomesOptions>().Bind(configuration.GetSection(OutcomesOptions.SectionName)).ValidateOnStart();
        services.AddOptions<QueueOptions>().Bind(configuration.GetSection(QueueOptions.SectionName)).ValidateOnStart();
        services.AddOptions<TimeoutsOptions>().Bind(configuration.GetSection(TimeoutsOptions.SectionName)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyVaultOptions>, KeyVaultOptionsValidator>();
        services.AddSingleton<IValidateOptions<OnrampOptions>, OnrampOptionsValidator>();
        services.AddSingleton<IValidateOptions<OutcomesOptions>, OutcomesOptionsValidator>();
        services.AddSingleton<IValidateOptions<QueueOptions>, QueueOptionsValidator>();
        services.AddSingleton<IValidateOptions<TimeoutsOptions>, TimeoutsOptionsValidator>();
    }

    // Public types whose constructors take internal ones must be built by hand: the container sees public constructors only.
    private static Func<IServiceProvider, T> Create<T>(Func<IServiceProvider, ILogger<T>, T> create) => s => create(s, s.Get<ILogger<T>>());

    private static T Get<T>(this IServiceProvider services) where T : notnull => services.GetRequiredService<T>();
}
