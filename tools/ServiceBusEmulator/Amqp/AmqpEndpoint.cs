using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;
using Microsoft.Extensions.Hosting;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>An AMQP 1.0 endpoint that serves Service Bus clients of any language.</summary>
/// <param name="broker">The entities.</param>
/// <param name="faults">What goes wrong on purpose; null for nothing.</param>
/// <param name="sockets">Bound to loopback addresses.</param>
/// <param name="clock">The time of deadlines.</param>
public sealed class AmqpEndpoint(
    MessageBroker broker,
    IBrokerFaults? faults,
    LoopbackSockets sockets,
    TimeProvider clock
) : IHostedService, IDisposable
{
    /// <summary>The port of Service Bus, which connection strings need not name.</summary>
    public const int DefaultPort = 5672;

    // Service Bus clients choose the first one that they know.
    private static readonly string[] Mechanisms = ["MSSBCBS", SaslAnonymousHandler.Name];
    private static readonly AmqpVersion Version = new(1, 0, 0);

    private readonly IBrokerFaults _faults = faults ?? NoFaults.Instance;
    private readonly Lock _gate = new();
    private readonly HashSet<ClientConnection> _connections = [];
    private readonly AmqpSettings _settings = Settings();
    private AmqpTransportListener? _listener;

    /// <summary>The official emulator's connection string, for an endpoint at a host and port.</summary>
    public static string ConnectionString(string host, int port)
    {
        var authority = port == DefaultPort ? host : $"{host}:{port}";
        return $"Endpoint=sb://{authority};SharedAccessKeyName=RootManageSharedAccessKey;"
            + "SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;";
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new AmqpTransportListener([new SocketListener(sockets, clock)], _settings);
        _listener.Open();
        _listener.Listen((_, accepted) => Accept(accepted));
        return Task.CompletedTask;
    }

    /// <summary>Stops accepting connections and closes those of clients with a reason.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _listener?.Close();
        return Task.WhenAll(
            Connections()
                .Select(client =>
                    Task.Run(() => client.Connection.SafeClose(AmqpErrors.Stopping()), CancellationToken.None)
                )
        );
    }

    public void Dispose()
    {
        _listener?.Abort();
        foreach (var client in Connections())
        {
            client.Connection.Abort();
        }
    }

    private static AmqpSettings Settings()
    {
        SaslTransportProvider sasl = new();
        sasl.Versions.Add(Version);
        foreach (var mechanism in Mechanisms)
        {
            sasl.AddHandler(new SaslAnonymousHandler(mechanism));
        }

        sasl.AddHandler(new SaslPlainHandler(new PlainAuthenticator()));

        AmqpTransportProvider amqp = new();
        amqp.Versions.Add(Version);
        AmqpSettings settings = new();
        settings.TransportProviders.Add(sasl);
        settings.TransportProviders.Add(amqp);
        return settings;
    }

    private void Accept(TransportAsyncCallbackArgs accepted)
    {
        AmqpConnectionSettings settings = new()
        {
            ContainerId = "service-bus-emulator",
            MaxFrameSize = AmqpLimits.MaxFrameBytes,
            ChannelMax = AmqpLimits.MaxChannel,
            IdleTimeOut = 240_000,
        };
        ClientConnection client = new(broker, _faults, accepted, _settings, settings);
        lock (_gate)
        {
            _connections.Add(client);
        }

        client.Connection.SafeAddClosed(
            (_, _) =>
            {
                lock (_gate)
                {
                    _connections.Remove(client);
                }
            }
        );
        _ = OpenAsync(client.Connection);
    }

    private static async Task OpenAsync(AmqpConnection connection)
    {
        try
        {
            await connection.OpenAsync(AmqpConstants.DefaultTimeout);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The client did not complete the AMQP handshake.
            connection.Abort();
        }
    }

    private ClientConnection[] Connections()
    {
        lock (_gate)
        {
            return [.. _connections];
        }
    }
}
