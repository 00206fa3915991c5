namespace ServiceBusEmulator.Tests;

/// <summary>An emulator on free ports with the entities of Config.json, and real clients.</summary>
public sealed class RunningEmulator : IAsyncDisposable
{
    /// <summary>Far longer than anything takes, so that a fault ends a test instead of hanging it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Long enough for an available message to arrive; short enough to wait for none.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);

    private readonly Emulator _emulator;
    private readonly List<ServiceBusClient> _clients = [];

    private RunningEmulator(Emulator emulator, JumpingClock clock, InjectedFaults faults)
    {
        _emulator = emulator;
        Clock = clock;
        Faults = faults;
        Client = Connect();
        Rest = new RestClient(emulator.RestAddress!);
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string ConfigFile { get; } = Path.Combine(AppContext.BaseDirectory, "Config.json");

    public MessageBroker Broker => _emulator.Broker;

    public JumpingClock Clock { get; }

    public InjectedFaults Faults { get; }

    public ServiceBusClient Client { get; }

    internal RestClient Rest { get; }

    public string ConnectionString => _emulator.ConnectionString;

    /// <summary>The port of the AMQP endpoint.</summary>
    public int Port => _emulator.Port;

    public static async Task<RunningEmulator> StartAsync(string? configFile = null, int partitions = 1)
    {
        // The client compares locks with the machine's clock, so this one starts now; AMQP carries whole milliseconds.
        JumpingClock clock = new(
            DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
        );
        InjectedFaults faults = new();
        EmulatorOptions options = new()
        {
            Entities = EmulatorConfig.Read(configFile ?? ConfigFile, new QueueSettings { Partitions = partitions }),
            ServesRest = true,
            Faults = faults,
            Clock = clock,
        };
        return new RunningEmulator(await Emulator.StartAsync(options, Token), clock, faults);
    }

    /// <summary>Opens another client with its own connection.</summary>
    public ServiceBusClient Connect(Action<ServiceBusClientOptions>? change = null)
    {
        ServiceBusClientOptions options = new()
        {
            RetryOptions =
            {
                TryTimeout = Patience,
                MaxRetries = 8,
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = TimeSpan.FromMilliseconds(500),
            },
        };
        change?.Invoke(options);
        ServiceBusClient client = new(ConnectionString, options);
        _clients.Add(client);
        return client;
    }

    public ServiceBusReceiver Receiver(
        string path,
        ServiceBusReceiveMode mode = ServiceBusReceiveMode.PeekLock,
        SubQueue subQueue = SubQueue.None,
        int prefetch = 0
    )
    {
        ServiceBusReceiverOptions options = new()
        {
            ReceiveMode = mode,
            SubQueue = subQueue,
            PrefetchCount = prefetch,
        };
        return path.Split('/') is [var topic, var subscription]
            ? Client.CreateReceiver(topic, subscription, options)
            : Client.CreateReceiver(path, options);
    }

    public async Task SendAsync(string path, params ServiceBusMessage[] messages)
    {
        await using var sender = Client.CreateSender(path);
        await sender.SendMessagesAsync(messages, Token);
    }

    /// <summary>The queue or subscription with a path.</summary>
    public MessageQueue Queue(string path) =>
        Broker.TryFind(path, out var queue) ? queue : throw new InvalidOperationException($"There is no {path}.");

    /// <summary>Waits until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public Task StopAsync() => _emulator.StopAsync(Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        Rest.Dispose();
        await _emulator.DisposeAsync();
    }
}
