using System.Net;
using FunctionsHost.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FunctionsHost;

/// <summary>
/// The Functions host as far as a worker sees it: starts workers and speaks the host's side of their protocol, and hands HTTP requests to one. There are no
/// keys, no scaling and no other triggers.
/// </summary>
public sealed class WorkerHost : IAsyncDisposable
{
    private const int MaxStarts = 3;

    private readonly WebApplication _app;
    private readonly WorkerStreams _streams;
    private readonly HttpProxy _proxy;

    private WorkerHost(WebApplication app)
    {
        _app = app;
        _streams = app.Services.GetRequiredService<WorkerStreams>();
        _proxy = app.Services.GetRequiredService<HttpProxy>();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(static address => new Uri(address)).ToArray();
        (Stream, Http) = (addresses[0], addresses[1]);
    }

    /// <summary>Where HTTP requests go.</summary>
    public Uri Http { get; }

    /// <summary>Tells of every invocation by HTTP, by the trace (W3C trace id) that it belongs to, and what comes of it.</summary>
    public event Action<string, Task<InvocationResponse>>? Invoked
    {
        add => _proxy.Invoked += value;
        remove => _proxy.Invoked -= value;
    }

    private Uri Stream { get; }

    /// <summary>Opens both ports, free ones of this machine.</summary>
    public static async Task<WorkerHost> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            // What guards the worker is the worker's own.
            (kestrel.Limits.MaxRequestBodySize, kestrel.Limits.MinRequestBodyDataRate) = (null, null);
            kestrel.Listen(IPAddress.Loopback, 0, static port => port.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, static port => port.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc(static grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<WorkerStreams>();
        builder.Services.AddSingleton<HttpProxy>();
        var app = builder.Build();
        app.MapGrpcService<WorkerStreams>();
        app.MapFallback("{**path}", app.Services.GetRequiredService<HttpProxy>().AnswerAsync);
        await app.StartAsync(cancellationToken);
        return new WorkerHost(app);
    }

    /// <summary>Starts a worker and does not wait for it.</summary>
    public Worker Launch(WorkerProgram program) => Worker.Start(program, Stream, _streams);

    /// <summary>Starts a worker, has it load its functions, and hands it HTTP requests from now on. One that lost its port is started anew, as by the Functions host.</summary>
    /// <exception cref="InvalidOperationException">It did not start; with what it wrote.</exception>
    public async Task<Worker> StartWorkerAsync(WorkerProgram program, CancellationToken cancellationToken)
    {
        for (var start = 1; ; start++)
        {
            var worker = Launch(program);
            try
            {
                await worker.LoadAsync(cancellationToken);
                _proxy.Use(worker);
                return worker;
            }
            catch (WorkerEndedException exception) when (exception.LostItsPort && start < MaxStarts)
            {
                worker.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
