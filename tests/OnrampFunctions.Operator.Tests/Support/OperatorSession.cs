namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// A local host on free ports, the real client of Service Bus, and the tool. In addition to the service's queue there
/// is <see cref="Parked"/>, a queue without a receiver.
/// </summary>
public sealed class OperatorSession : IAsyncDisposable
{
    public const string Parked = "parked";

    /// <summary>Much longer than needed, so that a bug fails the test instead of hanging it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private OperatorSession(LocalApp host)
    {
        Host = host;
        Client = new ServiceBusClient(host.ServiceBusConnectionString);
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public LocalApp Host { get; }

    public ServiceBusClient Client { get; }

    public string ConnectionString => Host.ServiceBusConnectionString!;

    /// <summary>The clock of the tool, starting now. It jumps over the tool's delays.</summary>
    public JumpingClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    /// <summary>Whether the tool uses the real time, to wait for the work of the host. Default false.</summary>
    public bool IsRealTime { get; set; }

    /// <summary>Replaces the network to the tables; null for the network.</summary>
    public HttpMessageHandler? Tables { get; set; }

    /// <summary>The answers to prompts, or null if the tool is not interactive.</summary>
    public Func<string, bool>? Ask { get; set; }

    /// <summary>Called with each text that the tool writes to its error output.</summary>
    public Action<string>? Heard { get; set; }

    public static Task<OperatorSession> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(TimeProvider.System, settings);

    /// <summary>Starts a host with its own clock.</summary>
    public static async Task<OperatorSession> StartAsync(
        TimeProvider clock,
        params (string Name, string Value)[] settings
    )
    {
        var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = clock,
                Quiet = true,
                Settings = settings
                    .Prepend(("LocalHost__EmulatorConfig", Path.Combine(AppContext.BaseDirectory, "Config.json")))
                    .ToDictionary(static setting => setting.Item1, static setting => (string?)setting.Item2),
            }
        );
        await host.StartAsync(Token);
        return new OperatorSession(host);
    }

    /// <summary>Runs the tool in this process, in a pipe, on the parked queue.</summary>
    public Task<Run> RunAsync(params string[] args) => RunAsync(interrupted: null, args);

    public Task<Run> RunAsync(CancellationTokenSource? interrupted, params string[] args) =>
        Run.ToolAsync(
            args,
            environment =>
                environment with
                {
                    Clock = IsRealTime ? TimeProvider.System : Clock,
                    Ask = Ask,
                    Variable = Variable,
                    Tables = Tables,
                    Error = Heard is null ? environment.Error : new OverheardWriter(environment.Error, Heard),
                },
            interrupted
        );

    /// <summary>Dead-letters each message on the parked queue.</summary>
    public async Task KillAsync(string? reason, string? description, params ServiceBusMessage[] messages)
    {
        await using var sender = Client.CreateSender(Parked);
        await using var receiver = Client.CreateReceiver(Parked);
        await sender.SendMessagesAsync(messages, Token);
        for (var killed = 0; killed < messages.Length; )
        {
            foreach (var message in await receiver.ReceiveMessagesAsync(messages.Length - killed, Patience, Token))
            {
                await receiver.DeadLetterMessageAsync(message, reason, description, Token);
                killed++;
            }
        }
    }

    /// <summary>Peeks at the parked queue or its dead letters.</summary>
    public async Task<List<ServiceBusReceivedMessage>> LookAsync(
        SubQueue subQueue = SubQueue.None,
        string queue = Parked
    )
    {
        await using var receiver = Client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = subQueue });
        List<ServiceBusReceivedMessage> seen = [];
        while (
            await receiver.PeekMessagesAsync(250, seen.Count == 0 ? 0 : seen[^1].SequenceNumber + 1, Token)
                is { Count: > 0 } page
        )
        {
            seen.AddRange(page);
        }

        return seen;
    }

    public static ServiceBusMessage Cancel(string orderId, string? messageId = null) =>
        new($$"""{"orderId":"{{orderId}}"}""")
        {
            MessageId = messageId ?? $"message-{orderId}",
            ContentType = "application/json",
        };

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Host.DisposeAsync();
    }

    private string? Variable(string name) =>
        name switch
        {
            "ServiceBus" => ConnectionString,
            "CancelRequestsQueue" => Parked,
            "Records__ConnectionString" => Host.TablesConnectionString,
            _ => null,
        };
}
