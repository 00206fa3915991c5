using System.Collections.Frozen;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>A local host whose clock starts now, as Service Bus clients expect, with such a client.</summary>
public sealed class ServiceBusHost : IAsyncDisposable
{
    /// <summary>Far longer than anything takes, so that a fault ends a test instead of hanging it.</summary>
    public static readonly TimeSpan Patience = RunningHost.Patience;

    private ServiceBusHost(LocalApp host, JumpingClock clock)
    {
        Host = host;
        Clock = clock;
        Client = new ServiceBusClient(host.ServiceBusConnectionString);
    }

    public static CancellationToken Token => RunningHost.Token;

    public LocalApp Host { get; }

    public JumpingClock Clock { get; }

    public ServiceBusClient Client { get; }

    public MessageQueue Queue => Host.Broker.Requests;

    public static async Task<ServiceBusHost> StartAsync(params (string Name, string Value)[] settings)
    {
        // The client compares locks with the machine's clock; AMQP carries whole milliseconds.
        JumpingClock clock = new(
            DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
        );
        var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = clock,
                Quiet = true,
                Settings = settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value),
            }
        );
        await host.StartAsync(Token);
        return new ServiceBusHost(host, clock);
    }

    public async Task SendAsync(string path, params ServiceBusMessage[] messages)
    {
        await using var sender = Client.CreateSender(path);
        await sender.SendMessagesAsync(messages, Token);
    }

    /// <summary>Lets a fault happen every time.</summary>
    public void Fail(FaultKind kind) =>
        Host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(kind, 1.0)]),
        };

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Host.DisposeAsync();
    }
}
