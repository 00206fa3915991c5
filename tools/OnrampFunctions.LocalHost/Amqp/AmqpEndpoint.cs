using System.Net.Sockets;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;

namespace OnrampFunctions.LocalHost.Amqp;

/// <summary>
/// Service Bus on this machine: an AMQP 1.0 endpoint over the local broker, for clients of any language.
/// </summary>
/// <param name="broker">The entities.</param>
/// <param name="faults">What goes wrong on purpose.</param>
/// <param name="sockets">Bound to this machine's own addresses; none for no endpoint.</param>
/// <param name="listen">Has them listen, or says why they cannot.</param>
/// <param name="clock">The time.</param>
internal sealed class AmqpEndpoint(
    MessageBroker broker,
    FaultInjector faults,
    IReadOnlyList<Socket> sockets,
    Action listen,
    TimeProvider clock
) : IHostedService, IDisposable
{
    // What Service Bus clients pick from; the first that they know.
    private static readonly string[] Mechanisms = ["MSSBCBS", SaslAnonymousHandler.Name];
    private static readonly AmqpVersion Version = new(1, 0, 0);

    private readonly Lock _gate = new();
    private readonly HashSet<ClientConnection> _connections = [];
    private readonly AmqpSettings _settings = Settings();
    private AmqpTransportListener? _listener;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new AmqpTransportListener([new SocketListener(sockets, listen, clock)], _settings);
        _listener.Open();
        _listener.Listen((_, accepted) => Accept(accepted));
        return Task.CompletedTask;
    }

    /// <summary>Takes no connections any more and tells the clients why theirs end.</summary>
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

        sasl.AddHandler(new SaslPlainHandler(new PlainKeys()));

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
            ContainerId = "onramp-local-host",
            MaxFrameSize = AmqpLimits.MaxFrameBytes,
            ChannelMax = AmqpLimits.MaxChannel,
            IdleTimeOut = 240_000,
        };
        ClientConnection client = new(broker, faults, accepted, _settings, settings);
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
            // Whoever it was did not speak AMQP to the end of the handshake.
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
