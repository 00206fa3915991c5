using System.Threading.RateLimiting;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Configuration;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Secrets;
using Onramp.Cancellation.Signing;
using Onramp.Cancellation.Storage;
using Onramp.Cancellation.Telemetry;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Hosting;

/// <summary>
/// Registers the service. A host adds <see cref="IOutcomePublisher"/>, <see cref="ICancelQueue"/> and
/// <see cref="IRowStore"/>.
/// </summary>
public static class OrderCancellation
{
    /// <summary>
    /// The key of the <see cref="HttpMessageHandler"/> that calls Onramp. Register another handler to replace the
    /// network.
    /// </summary>
    public const string HttpHandlerKey = OnrampTransport.HandlerKey;

    /// <summary>
    /// The key of a <see cref="RateLimiter"/> that all instances of the app share, and which limits them together to
    /// <see cref="OnrampOptions.CallsPerSecond"/>. It may fail, and need not wait for permits. Without one each process
    /// is limited on its own.
    /// </summary>
    public const string SharedLimitKey = "onramp-shared-limit";

    /// <summary>
    /// Registers everything between a trigger and the three ports. Options are validated and credentials are loaded
    /// before the host accepts work. A <see cref="TokenCredential"/> or <see cref="SecretClientOptions"/> that is
    /// already registered replaces the service's own.
    /// </summary>
    public static IServiceCollection AddOrderCancellation(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddCancellationOptions(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CancellationMetrics>();
        services.AddSingleton<WorkInProgress>();
        services.AddHostedService<GracefulShutdown>();
        services.AddSigning(configuration);
        services.AddProvider();

        services.AddSingleton(
            Create<OrderCanceller>(
                (s, _) =>
                    new(
                        s.Get<OnrampClient>(),
                        s.Get<IOptions<OnrampOptions>>(),
                        // The rest of the caller's budget after the time for publishing the outcome.
                        s.Get<IOptions<OnrampOptions>>().Value.TotalBudget
                            - s.Get<IOptions<OutcomesOptions>>().Value.PublishTimeout,
                        s.Get<TimeProvider>()
                    )
            )
        );
        services.AddSingleton(
            Create<OrderReader>(
                (s, _) => new(s.Get<OnrampClient>(), s.Get<IOptions<OnrampOptions>>(), s.Get<TimeProvider>())
            )
        );
        services.AddSingleton(
            Create<OutcomeReporter>(
                (s, log) =>
                    new(
                        s.Get<IOutcomePublisher>(),
                        s.Get<OutcomeSeal>(),
                        s.Get<IOptions<OutcomesOptions>>(),
                        s.Get<TimeProvider>(),
                        s.Get<CancellationMetrics>(),
                        log
                    )
            )
        );
        services.AddSingleton<OutcomeSeal>();
        services.AddRecords();
        services.AddSingleton<RetrySchedule>();
        services.AddSingleton<MessageAuthenticity>();
        services.AddSingleton<RetryCopy>();
        services.AddSingleton<QueueMessages>();
        services.AddSingleton<CancelMessageReader>();
        services.AddSingleton(
            Create<RequestQueue>(
                (s, log) =>
                    new(
                        s.Get<ICancelQueue>(),
                        s.Get<QueueMessages>(),
                        s.Get<IOptions<QueueOptions>>(),
                        s.Get<TimeProvider>(),
                        log
                    )
            )
        );
        services.AddSingleton<DeliveryCompletion>();
        services.AddSingleton(
            Create<CancelMessageHandler>(
                (s, log) =>
                    new(
                        s.Get<CancelMessageReader>(),
                        s.Get<OrderCanceller>(),
                        s.Get<DeliveryCompletion>(),
                        s.Get<RequestQueue>(),
                        s.Get<TimeProvider>(),
                        log
                    )
            )
        );
        return services;
    }

    private static void AddRecords(this IServiceCollection services)
    {
        services.AddSingleton<LimitedRowStore>();
        services.AddSingleton(
            Create<RowRetention>(
                (s, log) => new(s.Get<LimitedRowStore>(), s.Get<IOptions<RecordsOptions>>(), s.Get<TimeProvider>(), log)
            )
        );
        services.AddSingleton(
            Create<RequestRecords>(
                (s, log) => new(s.Get<LimitedRowStore>(), s.Get<RowRetention>(), s.Get<TimeProvider>(), log)
            )
        );
        services.AddSingleton(
            Create<OutcomeRecorder>(
                (s, log) =>
                    new(
                        s.Get<RequestRecords>(),
                        s.Get<OutcomeSeal>(),
                        s.Get<TimeProvider>(),
                        s.Get<CancellationMetrics>(),
                        log
                    )
            )
        );
        services.AddSingleton<IAlarmClock, QueueAlarmClock>();
        services.AddSingleton(
            Create<OrderTimeouts>(
                (s, log) =>
                    new(
                        s.Get<LimitedRowStore>(),
                        s.Get<RowRetention>(),
                        s.Get<IAlarmClock>(),
                        s.Get<OrderReader>().ReadAsync,
                        s.Get<IOptions<TimeoutsOptions>>(),
                        s.Get<TimeProvider>(),
                        s.Get<CancellationMetrics>(),
                        log
                    )
            )
        );
    }

    private static void AddSigning(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<TokenCredential>(_ => AzureCredential.Create(configuration));
        services.TryAddSingleton(static _ => KeyVaultClient.DefaultOptions);
        services.AddSingleton(static s => new KeyVaultClient(
            s.Get<IOptions<KeyVaultOptions>>().Value,
            s.Get<TokenCredential>(),
            s.Get<SecretClientOptions>()
        ));
        services.AddSingleton<VaultReader>();

        // A reload after a refused signature is part of a request, so it may take as long as a call.
        services.AddSingleton(
            Create<CredentialStore>(
                (s, log) =>
                    new(
                        s.Get<VaultReader>(),
                        s.Get<IOptions<KeyVaultOptions>>(),
                        s.Get<IOptions<OnrampOptions>>().Value.CallTimeout,
                        s.Get<TimeProvider>(),
                        s.Get<CancellationMetrics>(),
                        log
                    )
            )
        );
        services.AddSingleton(static s => new CallerKeys(
            s.Get<VaultReader>(),
            s.Get<IOptions<CallersOptions>>(),
            s.Get<IOptions<KeyVaultOptions>>(),
            s.Get<IOptions<OnrampOptions>>().Value.CallTimeout,
            s.Get<TimeProvider>(),
            s.Get<ILogger<CallerKeys>>()
        ));
        services.AddSingleton(
            Create<QueueKeys>(
                (s, log) =>
                    new(
                        s.Get<VaultReader>(),
                        s.Get<IOptions<KeyVaultOptions>>(),
                        s.Get<IOptions<OnrampOptions>>().Value.CallTimeout,
                        s.Get<TimeProvider>(),
                        log
                    )
            )
        );
        services.AddSingleton(static s => new CallerSignatures(
            s.Get<CallerKeys>(),
            s.Get<IOptions<CallersOptions>>(),
            s.Get<TimeProvider>()
        ));
        services.AddSingleton<IVaultSecrets>(static s => s.Get<CredentialStore>());
        services.AddSingleton<IVaultSecrets>(static s => s.Get<CallerKeys>());
        services.AddSingleton<IVaultSecrets>(static s => s.Get<QueueKeys>());
        services.AddSingleton<IMessageKeys>(static s => s.Get<QueueKeys>());
        services.AddHostedService<SecretsLoader>();
        services.AddSingleton<ProviderClock>();
        services.AddSingleton<SigningService>();
    }

    private static void AddProvider(this IServiceCollection services)
    {
        services.TryAddKeyedSingleton<HttpMessageHandler>(
            HttpHandlerKey,
            static (s, _) => OnrampConnections.Create(s.Get<IOptions<OnrampOptions>>().Value)
        );
        services.AddSingleton<OnrampTransport>();
        services.AddSingleton(static s => new CallBudget(
            s.Get<IOptions<OnrampOptions>>(),
            s.Get<IOptions<SharedLimitOptions>>(),
            s.GetKeyedService<RateLimiter>(SharedLimitKey),
            s.Get<CancellationMetrics>(),
            s.Get<TimeProvider>(),
            s.Get<ILoggerFactory>()
        ));
        services.AddSingleton<ProviderPipeline>();
        services.AddSingleton<OnrampClient>();
    }

    private static void AddCancellationOptions(this IServiceCollection services, IConfiguration configuration)
    {
        // Bind is called for each type: the source generator needs the types at compile time.
        var keyVault = configuration.GetSection(KeyVaultOptions.SectionName);
        services.AddOptions<KeyVaultOptions>().CheckFirst(keyVault).Bind(keyVault).ValidateOnStart();
        var onramp = configuration.GetSection(OnrampOptions.SectionName);
        services
            .AddOptions<OnrampOptions>()
            .CheckFirst(onramp, SharedLimitOptions.Name)
            .Bind(onramp)
            .ValidateOnStart()
            .Validate<IOptions<OutcomesOptions>>(
                IsEnough,
                "Onramp__TotalBudget must leave time for two calls and the outcome's publication: raise it to at least 2 × Onramp__CallTimeout + Outcomes__PublishTimeout."
            );
        var sharedLimit = configuration.GetSection(SharedLimitOptions.SectionName);
        services
            .AddOptions<SharedLimitOptions>()
            .CheckFirst(sharedLimit)
            .Bind(sharedLimit)
            .ValidateOnStart()
            .Validate<IOptions<OnrampOptions>>(
                static (shared, onramp) => string.IsNullOrEmpty(shared.Redis) || IsShareable(onramp),
                $"{SharedLimitOptions.RedisSetting} needs Onramp__CallsPerSecond (the limit of all instances together) and Onramp__MaxInstances (the most instances that the app can have)."
            );
        var outcomes = configuration.GetSection(OutcomesOptions.SectionName);
        services.AddOptions<OutcomesOptions>().CheckFirst(outcomes).Bind(outcomes).ValidateOnStart();
        var queue = configuration.GetSection(QueueOptions.SectionName);
        services.AddOptions<QueueOptions>().CheckFirst(queue).Bind(queue).ValidateOnStart();
        var timeouts = configuration.GetSection(TimeoutsOptions.SectionName);
        services.AddOptions<TimeoutsOptions>().CheckFirst(timeouts).Bind(timeouts).ValidateOnStart();
        var records = configuration.GetSection(RecordsOptions.SectionName);
        services.AddOptions<RecordsOptions>().CheckFirst(records).Bind(records).ValidateOnStart();
        var callers = configuration.GetSection(CallersOptions.SectionName);
        services.AddOptions<CallersOptions>().CheckFirst(callers).Bind(callers).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallersOptions>, CallersOptionsValidator>();
        services.AddSingleton<IValidateOptions<KeyVaultOptions>, KeyVaultOptionsValidator>();
        services.AddSingleton<IValidateOptions<OnrampOptions>, OnrampOptionsValidator>();
        services.AddSingleton<IValidateOptions<OutcomesOptions>, OutcomesOptionsValidator>();
        services.AddSingleton<IValidateOptions<QueueOptions>, QueueOptionsValidator>();
        services.AddSingleton<IValidateOptions<TimeoutsOptions>, TimeoutsOptionsValidator>();
        services.AddSingleton<IValidateOptions<RecordsOptions>, RecordsOptionsValidator>();
    }

    private static bool IsEnough(OnrampOptions onramp, IOptions<OutcomesOptions> outcomes)
    {
        try
        {
            return onramp.TotalBudget >= 2 * onramp.CallTimeout + outcomes.Value.PublishTimeout;
        }
        catch (OptionsValidationException)
        {
            // The other section reports its own errors.
            return true;
        }
    }

    private static bool IsShareable(IOptions<OnrampOptions> onramp)
    {
        try
        {
            return onramp.Value is { CallsPerSecond: > 0, MaxInstances: > 0 };
        }
        catch (OptionsValidationException)
        {
            // The other section reports its own errors.
            return true;
        }
    }

    // Public types with internal constructor parameters are created by hand: the container uses public constructors
    // only.
    private static Func<IServiceProvider, T> Create<T>(Func<IServiceProvider, ILogger<T>, T> create) =>
        s => create(s, s.Get<ILogger<T>>());

    private static T Get<T>(this IServiceProvider services)
        where T : notnull => services.GetRequiredService<T>();
}
