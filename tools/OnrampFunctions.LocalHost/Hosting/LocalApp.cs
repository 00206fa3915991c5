namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>The whole service on this machine, with access to its stand-ins for Azure and the provider.</summary>
public sealed class LocalApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LoopbackAddress _address;
    private readonly AmqpAddress _amqp;
    private readonly FunctionsAppPlatform? _platform;

    private LocalApp(WebApplication app, LoopbackAddress address, AmqpAddress amqp, FunctionsAppPlatform? platform)
    {
        _app = app;
        _address = address;
        _amqp = amqp;
        _platform = platform;
        Simulator = app.Services.GetRequiredService<OnrampSimulator>();
        Broker = app.Services.GetRequiredService<LocalBroker>();
        Vault = app.Services.GetRequiredService<LocalVault>();
        Faults = app.Services.GetRequiredService<FaultInjector>();
    }

    /// <summary>
    /// Where it listens when it is started, e.g. <c>http://127.0.0.1:7071/</c>; known before the start, even for port
    /// 0.
    /// </summary>
    public Uri BaseAddress => _address.Direct;

    /// <summary>
    /// How Service Bus clients connect when it is started; null when <c>LocalHost__Amqp</c> is <c>off</c>.
    /// </summary>
    public string? ServiceBusConnectionString => _amqp.ConnectionString;

    /// <summary>How programs on this machine connect to the tables when it is started; any key is accepted.</summary>
    public string TablesConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={TableEndpoints.Account};AccountKey=S0VZX1ZBTFVF;"
        + $"TableEndpoint={new Uri(BaseAddress, TableEndpoints.Account)};";

    /// <summary>
    /// The settings with which the Functions app runs against this host; null unless <c>LocalHost__ForFunctionsApp</c>
    /// is set.
    /// </summary>
    public IReadOnlyDictionary<string, string>? FunctionsAppSettings => _platform?.SettingsOf(Broker);

    /// <summary>The simulated provider; unused when <c>Onramp__BaseUrl</c> names another one.</summary>
    public OnrampSimulator Simulator { get; }

    /// <summary>The queue, the topic and all other entities.</summary>
    public LocalBroker Broker { get; }

    /// <summary>The two secrets.</summary>
    public LocalVault Vault { get; }

    /// <summary>The injected faults and their counts.</summary>
    public FaultInjector Faults { get; }

    /// <summary>The services of the host, for tests.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Creates the host; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="args">Command line: <c>--urls http://127.0.0.1:0</c>, or any setting as <c>--Onramp:CallTimeout
    /// 00:00:02</c>.</param>
    /// <param name="options">Options of a program that embeds the host; null for the defaults.</param>
    /// <exception cref="LocalHostException">A setting of the host is invalid, or the port is taken.</exception>
    public static LocalApp Create(string[] args, LocalHostOptions? options = null)
    {
        LoopbackProxy.Bypass();
        options ??= new LocalHostOptions();
        var configuration = new ConfigurationManager().AddLocalSettings(args, options.Settings);
        var settings = LocalSettings.Read(configuration);
        var address = new LoopbackAddress(settings.Url);
        AmqpAddress? amqp = null;
        FunctionsAppPlatform? platform = null;
        try
        {
            amqp = new AmqpAddress(settings.Amqp, address.IsAnyPort);
            if (amqp.Port == address.Url.Port)
            {
                // Binding succeeds, listening fails.
                throw new LocalHostException(
                    $"Port {amqp.Port} cannot be used twice: "
                        + "choose another one for Service Bus clients with LocalHost__Amqp, or for HTTP with --urls."
                );
            }

            platform = settings.ForFunctionsApp ? new FunctionsAppPlatform(address, amqp, options.Clock) : null;
            if (string.IsNullOrEmpty(configuration["Onramp:BaseUrl"]))
            {
                configuration["Onramp:BaseUrl"] = address.Direct.ToString();
            }

            configuration.UseOwnServices(amqp);
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Configuration.AddConfiguration(configuration);
            builder.AddWebServer(address, platform);
            builder.AddConsole(options.Quiet);
            builder.Services.AddSingleton(options.Clock);
            builder.Services.AddSingleton(settings);
            builder.Services.AddSingleton(settings.ReadEntities());
            options.ConfigureServices?.Invoke(builder.Services);
            builder.Services.AddStandIns(configuration);
            builder.Services.AddOrderCancellation(builder.Configuration);
            builder.Services.AddOrderApi();
            builder.Services.AddLocalTelemetry(builder.Configuration);
            builder.Services.AddServiceBus(builder.Configuration);
            builder.Services.AddLocalServiceBus(amqp, readsQueue: platform is null);
            var app = builder.Build();
            app.MapLocalEndpoints(platform);
            if (!options.Quiet)
            {
                app.Lifetime.ApplicationStarted.Register(() =>
                    Banner.Write(Console.Out, address.Url, amqp.ConnectionString, app.Services)
                );
                app.Lifetime.ApplicationStopped.Register(() =>
                    Banner.WriteLeftovers(Console.Out, app.Services.GetRequiredService<LocalBroker>())
                );
            }

            return new LocalApp(app, address, amqp, platform);
        }
        catch
        {
            platform?.Dispose();
            amqp?.Dispose();
            address.Dispose();
            throw;
        }
    }

    /// <summary>Runs the host until Ctrl+C.</summary>
    /// <returns>
    /// The exit code: 0 after an orderly end, 1 when it could not start, with a message on standard error.
    /// </returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (CommandHelp.IsAskedFor(args))
        {
            await Console.Out.WriteAsync(CommandHelp.Text);
            return 0;
        }

        try
        {
            await using var host = Create(args);
            return await host._app.RunToExitCodeAsync();
        }
        catch (LocalHostException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>Loads the credentials and listens.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _app.StartAsync(cancellationToken);

    /// <summary>Stops like Ctrl+C: in-flight work gets three seconds, then its messages return to the queue.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _platform?.Dispose();
        _amqp.Dispose();
        _address.Dispose();
    }
}
