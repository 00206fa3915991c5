namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>A local host on free ports with the entities of Config.json, and real clients.</summary>
public sealed class Broker : IAsyncDisposable
{
    /// <summary>Far longer than anything takes, so that a fault ends a test instead of hanging it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Long enough for what is there to come, so short that a test can wait for nothing.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);

    private readonly List<ServiceBusClient> _clients = [];

    private Broker(LocalApp host, JumpingClock clock)
    {
        Host = host;
        Clock = clock;
        Client = Connect();
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public LocalApp Host { get; }

    public JumpingClock Clock { get; }

    public ServiceBusClient Client { get; }

    public string ConnectionString => Host.ServiceBusConnectionString!;

    /// <summary>Where the endpoint listens.</summary>
    public int Port => int.Parse(ConnectionString.Split(';')[0].Split(':')[^1]);

    public static async Task<Broker> StartAsync(params (string Name, string Value)[] settings)
    {
        // From now on: the client compares locks with the machine's own clock. Whole milliseconds are what goes over
        // the wire.
        JumpingClock clock = new(
            DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
        );
        var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = clock,
                Quiet = true,
                Settings = settings
                    .Prepend(("LocalHost__EmulatorConfig", Path.Combine(AppContext.BaseDirectory, "Config.json")))
                    .ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2),
            }
        );
        await host.StartAsync(Token);
        return new Broker(host, clock);
    }

    /// <summary>A further client, over a connection of its own.</summary>
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

    /// <summary>Lets a fault happen every time.</summary>
    public void Fail(params FaultKind[] kinds) =>
        Host.Faults.Settings = new FaultSettings
        {
            Rates = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
                kinds.Select(kind => KeyValuePair.Create(kind, 1.0))
            ),
        };

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Host.DisposeAsync();
    }
}
