using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(OnrampFunctions.Tests.WorkerProcess.Platform))]

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// The environment of the app, provided by the local host: vault, identity endpoint, provider and Service Bus. All
/// tests share one worker, which starts while tests without one run. A test that stops or kills a worker starts its
/// own.
/// </summary>
public sealed class Platform : IAsyncLifetime
{
    /// <summary>Much longer than needed, so that a bug fails the test instead of hanging it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The queue of the shared worker, which has no receiver.</summary>
    public const string Requests = "worker-requests";

    private const string Results = "worker-results";

    // The last predefined order of the simulator is 1448.
    private int _lastOrder = 500_000;
    private Task<HostedApp> _shared = null!;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public LocalApp Local { get; private set; } = null!;

    public InsightsReceiver Insights { get; } = new();

    public ServiceBus Bus { get; private set; } = null!;

    public HostedApp Shared => _shared.GetAwaiter().GetResult();

    /// <summary>
    /// The app with these settings: the one built with the tests, or a published one whose assembly
    /// <c>FUNCTIONS_APP</c> names.
    /// </summary>
    public static WorkerProgram App(Dictionary<string, string?> settings) =>
        new(
            Environment.GetEnvironmentVariable("FUNCTIONS_APP") is { Length: > 0 } published
                ? published
                : BuiltProgram("OnrampFunctions")
        )
        {
            Settings = WithoutProfiles(settings),
        };

    /// <summary>
    /// Starts the app's queue function in a worker, with a host that sends it the messages of a queue.
    /// </summary>
    public static Task<HostedApp> StartQueueWorkerAsync(Dictionary<string, string?> settings) =>
        StartQueueWorkerAsync(new WorkerProgram(BuiltProgram("QueueWorker")) { Settings = WithoutProfiles(settings) });

    /// <summary>Starts a queue worker of this release or of another one.</summary>
    public static async Task<HostedApp> StartQueueWorkerAsync(WorkerProgram program)
    {
        var settings = program.Settings;
        var app = await HostedApp.StartAsync(program);
        var connection = settings["ServiceBus"]!;
        await app.Host.ListenAsync(connection, settings["CancelRequestsQueue"]!, subscription: null, "Delivery", Token);
        await app.Host.ListenAsync(
            connection,
            settings["CancelResultsTopic"]!,
            settings["CancelRecordsSubscription"],
            "RecordAsync",
            Token
        );
        return app;
    }

    /// <summary>Starts it with the usual settings and its own queue.</summary>
    public Task<HostedApp> StartQueueWorkerAsync(string queue) => StartQueueWorkerAsync(SettingsOf(queue));

    /// <summary>Creates another local host, which is not started.</summary>
    public static LocalApp CreateLocal(TimeProvider time) => CreateLocal(time, new InsightsReceiver());

    /// <summary>A worker of a test is too short-lived for profiling to pay off.</summary>
    private static Dictionary<string, string?> WithoutProfiles(Dictionary<string, string?> settings) =>
        new(settings) { ["DOTNET_TieredPGO"] = "0" };

    private static LocalApp CreateLocal(
        TimeProvider time,
        InsightsReceiver insights,
        params (string Name, string? Value)[] settings
    ) =>
        LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = time,
                Quiet = true,
                ConfigureServices = services => services.AddSingleton<IStartupFilter>(insights),
                Settings = new Dictionary<string, string?>(
                    settings.Select(static setting => KeyValuePair.Create(setting.Name, setting.Value))
                )
                {
                    ["LocalHost__ForFunctionsApp"] = "true",
                },
            }
        );

    /// <summary>The settings that connect the app to this environment.</summary>
    public Dictionary<string, string?> SettingsOf(string queue = Requests, string topic = Results) =>
        new(
            Local.FunctionsAppSettings!.ToDictionary(
                static setting => setting.Key,
                static setting => (string?)setting.Value
            )
        )
        {
            ["CancelRequestsQueue"] = queue,
            ["CancelResultsTopic"] = topic,
            ["Onramp__MaxRetries"] = "0",

            // Generous limits for a busy machine, because no test here is about the duration of a call.
            ["Onramp__CallTimeout"] = "00:00:10",
            ["Onramp__TotalBudget"] = "00:00:40",
            ["Outcomes__PublishTimeout"] = "00:00:15",
            ["Queue__OperationTimeout"] = "00:00:15",
        };

    public async ValueTask InitializeAsync()
    {
        Local = CreateLocal(
            TimeProvider.System,
            Insights,
            ("LocalHost__WebhookSecret", SigningShop.Secret),
            ("LocalHost__EmulatorConfig", Path.Combine(AppContext.BaseDirectory, "WorkerProcess", "Config.json"))
        );
        Local.Faults.Settings = new FaultSettings { RetryAfterSeconds = 3600 };
        await Local.StartAsync(Token);
        Bus = await ServiceBus.StartAsync(Local.ServiceBusConnectionString!, Results);
        _shared = Task.Run(() => StartAppAsync(new([.. SettingsOf(), .. SigningShop.Settings])));
    }

    /// <summary>Starts another instance of the app, for a single test.</summary>
    public Task<HostedApp> StartAppAsync(Dictionary<string, string?>? settings = null) =>
        HostedApp.StartAsync(App(settings ?? SettingsOf()));

    /// <summary>Creates an order at the provider.</summary>
    public SimulatedOrder Order() => Local.Simulator.Put($"{Interlocked.Increment(ref _lastOrder)}");

    /// <summary>A queue, subscription or dead-letter queue of the broker.</summary>
    public MessageQueue Queue(string path) =>
        Local.Broker.TryFind(path, out var queue)
            ? queue
            : throw new ArgumentException($"There is no {path}.", nameof(path));

    public async ValueTask DisposeAsync()
    {
        await (await _shared).DisposeAsync();
        await Bus.DisposeAsync();
        await Local.DisposeAsync();
    }

    /// <summary>The assembly of a program that was built with the tests.</summary>
    public static string BuiltProgram(string name) =>
        typeof(Platform)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == name)
            .Value!;
}
