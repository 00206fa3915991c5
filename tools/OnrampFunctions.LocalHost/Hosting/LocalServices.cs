using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>Configures the host: web server, console, and the stand-ins for Azure and the provider.</summary>
internal static class LocalServices
{
    // Far more than any valid request; a larger body is drained, so that its sender sees the response.
    private const int MaxUploadBytes = 4 * 1024 * 1024;

    private const string QueueSetting = "CancelRequestsQueue";
    private const string TopicSetting = "CancelResultsTopic";
    private const string RecordsSetting = "CancelRecordsSubscription";

    public static void AddWebServer(
        this WebApplicationBuilder builder,
        LoopbackAddress address,
        FunctionsAppPlatform? app
    )
    {
        Socket[] sockets = [.. address.Sockets, .. app is null ? [] : new[] { app.VaultSocket }];
        builder
            .WebHost.UseKestrelCore()
            .UseSockets(options =>
                options.CreateBoundListenSocket = endPoint =>
                {
                    // The web server would listen itself, but with a less helpful error.
                    address.Listen();
                    return sockets.First(socket => endPoint.Equals(socket.LocalEndPoint));
                }
            );
        if (app is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxUploadBytes;
            foreach (var socket in address.Sockets)
            {
                kestrel.Listen(socket.LocalEndPoint!);
            }

            if (app is not null)
            {
                kestrel.Listen(app.VaultSocket.LocalEndPoint!, vault => vault.UseHttps(app.Certificate));
            }
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = GracefulShutdown.Limit);
    }

    public static void AddConsole(this WebApplicationBuilder builder, bool quiet)
    {
        if (quiet)
        {
            return;
        }

        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Services.AddSingleton<ILoggerProvider, LineLogger>();
    }

    public static void AddStandIns(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new LocalJson(LocalJsonContext.Default.Options));
        services.AddSingleton(_ => new FaultInjector(configuration[QueueSetting]!, configuration[TopicSetting]!));
        services.AddSingleton(provider => Create(provider, configuration));
        services.AddSingleton(provider => new OnrampSimulator(
            Credentials(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<FaultInjector>()
        ));
        services.AddSingleton(provider => new LocalVault(
            Credentials(provider),
            provider.GetRequiredService<LocalSettings>().WebhookSecret,
            provider.GetRequiredService<OnrampSimulator>()
        )
        {
            State = provider.GetRequiredService<LocalSettings>().Vault,
        });
        services.AddSingleton<VaultHandler>();
        services.AddSingleton<SecretEndpoints>();
        services.AddSingleton<TokenCredential, LocalCredential>();
        services.AddSingleton(VaultClient);

        services.AddSingleton<MemoryRows>();
        services.AddSingleton<IRowStore, FaultyRows>();
        services.AddSingleton<TableEndpoints>();

        services.AddSingleton<ApiEndpoints>();
        services.AddSingleton<ProviderEndpoints>();
        services.AddSingleton<OrderEndpoints>();
        services.AddSingleton<FaultEndpoints>();
        services.AddSingleton<VaultEndpoints>();
        services.AddPage();
    }

    /// <summary>
    /// The AMQP endpoint and, unless the app receives, the triggers. They start in this order and stop in
    /// reverse.
    /// </summary>
    public static void AddLocalServiceBus(this IServiceCollection services, AmqpAddress address, bool readsQueue)
    {
        services.AddHostedService(provider => new AmqpEndpoint(
            provider.GetRequiredService<LocalBroker>().Entities,
            provider.GetRequiredService<FaultInjector>(),
            address.Sockets,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(address);
        if (readsQueue)
        {
            services.AddHostedService(CreateTrigger<QueueTrigger>);
            services.AddHostedService(CreateTrigger<RecordsTrigger>);
        }
    }

    private static T CreateTrigger<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        IServiceProvider provider
    ) => ActivatorUtilities.CreateInstance<T>(provider, provider.GetRequiredService<LocalSettings>().Receivers);

    public static void MapLocalEndpoints(this WebApplication app, FunctionsAppPlatform? platform)
    {
        app.Use((context, next) => BrokenUploads.AnswerAsync(context, next, app.Logger));
        app.Use(OwnRequests.RefuseOthersAsync);
        app.Use(ProviderEndpoints.MergeSlashesAsync);
        app.UseRouting();
        app.Services.GetRequiredService<ApiEndpoints>().Map(app);
        ApiReference.Map(app);
        app.Services.GetRequiredService<ProviderEndpoints>().Map(app);
        app.Services.GetRequiredService<OrderEndpoints>().Map(app);
        app.Services.GetRequiredService<FaultEndpoints>().Map(app);
        app.Services.GetRequiredService<VaultEndpoints>().Map(app);
        app.Services.GetRequiredService<TableEndpoints>().Map(app);
        app.MapPage();
        if (platform is not null)
        {
            app.Services.GetRequiredService<SecretEndpoints>().Map(app);
            platform.Map(
                app,
                app.Services.GetRequiredService<LocalBroker>(),
                app.Services.GetRequiredService<LocalJson>()
            );
        }
        else
        {
            FunctionsAppPlatform.MapMissing(app);
        }

        // Last: its routes match any entity name.
        app.MapServiceBus(
            app.Services.GetRequiredService<LocalBroker>().Entities,
            app.Services.GetRequiredService<FaultInjector>(),
            app.Services.GetRequiredService<WorkInProgress>().Closing
        );
    }

    private static LocalBroker Create(IServiceProvider provider, IConfiguration configuration)
    {
        var settings = provider.GetRequiredService<LocalSettings>();
        QueueSettings queues = new()
        {
            LockDuration = settings.LockDuration,
            MaxDeliveryCount = settings.MaxDeliveryCount,
            DuplicateWindow = settings.DuplicateWindow,
            KeptMessages = settings.KeptMessages,
            Partitions = settings.Partitions,

            // As in Azure.
            DeadLetterExpired = true,
        };
        if (LocalBroker.LocalSubscription.Equals(configuration[RecordsSetting], StringComparison.OrdinalIgnoreCase))
        {
            throw new LocalHostException(
                $"{RecordsSetting} must not be {LocalBroker.LocalSubscription}: the commands of this host read that "
                    + "subscription."
            );
        }

        return new LocalBroker(
            provider.GetRequiredService<BrokerEntities>(),
            configuration[QueueSetting]!,
            configuration[TopicSetting]!,
            configuration[RecordsSetting]!,
            queues,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<FaultInjector>()
        );
    }

    private static ProviderCredentials Credentials(IServiceProvider provider)
    {
        var settings = provider.GetRequiredService<LocalSettings>();
        return new ProviderCredentials(settings.ApiKey, settings.ApiSecret);
    }

    private static SecretClientOptions VaultClient(IServiceProvider provider) =>
        new() { Transport = new HttpClientTransport(provider.GetRequiredService<VaultHandler>()) };
}
