using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ServiceBusEmulator.Amqp;
using ServiceBusEmulator.Broker;
using ServiceBusEmulator.Configuration;
using ServiceBusEmulator.Rest;

namespace ServiceBusEmulator;

/// <summary>An emulated Service Bus namespace on this machine's loopback addresses.</summary>
public sealed class Emulator : IAsyncDisposable
{
    private readonly LoopbackSockets _sockets;
    private readonly AmqpEndpoint _endpoint;
    private readonly CancellationTokenSource _stopping = new();
    private readonly LoopbackSockets? _restSockets;
    private readonly WebApplication? _rest;

    private Emulator(EmulatorOptions options)
    {
        Broker = new MessageBroker(options.Entities, options.Clock, options.Faults);
        _sockets = new LoopbackSockets(new Uri($"amqp://localhost:{options.Port}"), PortTaken);
        _endpoint = new AmqpEndpoint(Broker, options.Faults, _sockets, options.Clock);
        if (options.ServesRest)
        {
            _restSockets = new LoopbackSockets(new Uri("http://127.0.0.1:0"), PortTaken);
            _rest = CreateRest(_restSockets);
            _rest.MapServiceBus(Broker, options.Faults, _stopping.Token);
        }
    }

    /// <summary>The queues and topics, for tests that look inside.</summary>
    public MessageBroker Broker { get; }

    /// <summary>The port of the AMQP endpoint.</summary>
    public int Port => _sockets.Port;

    /// <summary>How Service Bus clients of any language connect.</summary>
    public string ConnectionString => AmqpEndpoint.ConnectionString(_sockets.Host, _sockets.Port);

    /// <summary>The base address of the REST API; null unless it is served.</summary>
    public Uri? RestAddress => _restSockets is null ? null : new Uri($"http://127.0.0.1:{_restSockets.Port}");

    /// <summary>Starts an emulator on a free port.</summary>
    /// <param name="configFile">The queues and topics, in the format of Microsoft's emulator.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="EmulatorConfigException">The file cannot be read, or asks for something that the emulator does
    /// not support.</exception>
    public static Task<Emulator> StartAsync(string configFile, CancellationToken cancellationToken = default) =>
        StartAsync(new EmulatorOptions { Entities = EmulatorConfig.Read(configFile) }, cancellationToken);

    /// <summary>Starts an emulator.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<Emulator> StartAsync(
        EmulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        Emulator emulator = new(options);
        try
        {
            await emulator._endpoint.StartAsync(cancellationToken);
            await (emulator._rest?.StartAsync(cancellationToken) ?? Task.CompletedTask);
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Answers waiting REST receivers and closes the connections of AMQP clients.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _stopping.CancelAsync();
        await (_rest?.StopAsync(cancellationToken) ?? Task.CompletedTask);
        await _endpoint.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await (_rest?.DisposeAsync() ?? ValueTask.CompletedTask);
        _endpoint.Dispose();
        _restSockets?.Dispose();
        _sockets.Dispose();
        _stopping.Dispose();
        Broker.Dispose();
    }

    private static WebApplication CreateRest(LoopbackSockets sockets)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var socket = sockets.Sockets.Single();
        builder
            .WebHost.UseKestrelCore()
            .UseSockets(options =>
                options.CreateBoundListenSocket = _ =>
                {
                    sockets.Listen();
                    return socket;
                }
            )
            .ConfigureKestrel(kestrel => kestrel.Listen(socket.LocalEndPoint!));
        builder.Services.AddRoutingCore();
        return builder.Build();
    }

    private static IOException PortTaken(int port) => new($"Port {port} is taken or not allowed.");
}
