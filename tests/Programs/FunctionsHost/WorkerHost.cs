using System.Collections.Concurrent;
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
/// The Functions host as a worker sees it: starts a worker, implements the host's side of its protocol, sends it HTTP
/// requests and messages, and restarts it when it exits. Without keys, scaling and other triggers.
/// </summary>
public sealed class WorkerHost : IAsyncDisposable
{
    private const int MaxStarts = 3;

    /// <summary>After this number of failures the Functions host does not start another worker.</summary>
    private const int MaxFaults = 3;

    private const int Success = 0;
    private const int IntentionalRestart = 200;

    /// <summary>
    /// Size limit of a request body at the Functions host (ScriptConstants.DefaultMaxRequestBodySize).
    /// </summary>
    private const long MaxRequestBodySize = 104_857_600;

    /// <summary>How long the Functions host waits for invocations in progress before it stops its workers.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _supervised = [];
    private readonly CurrentWorker _current = new();
    private readonly ConcurrentQueue<Worker> _workers = new();
    private readonly WebApplication _app;
    private readonly WorkerStreams _streams;
    private readonly HttpProxy _proxy;
    private readonly List<QueueTrigger> _triggers = [];
    private int _faults;
    private bool _isDisposed;

    private WorkerHost(WebApplication app)
    {
        _app = app;
        _streams = app.Services.GetRequiredService<WorkerStreams>();
        _proxy = app.Services.GetRequiredService<HttpProxy>();
        _proxy.Use(_current);
        var addresses = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(static address => new Uri(address))
            .ToArray();
        (Stream, Http) = (addresses[0], addresses[1]);
    }

    /// <summary>The address for HTTP requests.</summary>
    public Uri Http { get; }

    /// <summary>
    /// Tells of every invocation by HTTP, by the trace (W3C trace id) that it belongs to, and what comes of it.
    /// </summary>
    public event Action<string, Task<InvocationResponse>>? Invoked
    {
        add => _proxy.Invoked += value;
        remove => _proxy.Invoked -= value;
    }

    /// <summary>The latest worker, which is another one after a restart; null while it restarts.</summary>
    public Worker? Current => _current.Started;

    /// <summary>All workers that it has started so far.</summary>
    public IReadOnlyCollection<Worker> Workers => _workers;

    /// <summary>Whether it has stopped because no worker could be started again.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>A message was completed.</summary>
    public event Action? MessageCompleted;

    private Uri Stream { get; }

    /// <summary>Opens both ports, on free ports of this machine.</summary>
    public static async Task<WorkerHost> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            // The worker enforces its own limits.
            (kestrel.Limits.MaxRequestBodySize, kestrel.Limits.MinRequestBodyDataRate) = (MaxRequestBodySize, null);
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

    /// <summary>Starts a worker without waiting for it.</summary>
    public Worker Launch(WorkerProgram program) => Worker.Start(program, Stream, _streams);

    /// <summary>
    /// Starts a worker, makes it load its functions, and forwards HTTP requests to it. A worker that loses its port or
    /// exits later by itself is restarted, as in the Functions host.
    /// </summary>
    /// <exception cref="InvalidOperationException">The worker did not start. The message has its output.</exception>
    public async Task<Worker> StartWorkerAsync(WorkerProgram program, CancellationToken cancellationToken)
    {
        for (var start = 1; ; start++)
        {
            var worker = Launch(program);
            try
            {
                await worker.LoadAsync(cancellationToken);
                _workers.Enqueue(worker);
                _current.Set(worker);
                _supervised.Add(SuperviseAsync(program, worker));
                return worker;
            }
            catch (WorkerEndedException exception) when (exception.LostItsPort && start < MaxStarts)
            {
                worker.Dispose();
            }
            catch
            {
                worker.Dispose();
                throw;
            }
        }
    }

    /// <summary>
    /// Starts to invoke a function of the worker for each message of a queue, or of a subscription of a topic.
    /// </summary>
    public async Task ListenAsync(
        string connectionString,
        string entity,
        string? subscription,
        string function,
        CancellationToken cancellationToken
    ) =>
        _triggers.Add(
            await QueueTrigger.StartAsync(
                connectionString,
                entity,
                subscription,
                function,
                () => _current.GetAsync(_stopping.Token),
                () => MessageCompleted?.Invoke(),
                cancellationToken
            )
        );

    /// <summary>
    /// Stops as the Functions host does: stops receiving, immediately cancels the token of every invocation in
    /// progress, waits for them for a while, and then stops the worker.
    /// </summary>
    /// <returns>The worker's exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        var worker = await _current.GetAsync(cancellationToken);
        await _stopping.CancelAsync();
        var drained = Task.WhenAll(_triggers.Select(static trigger => trigger.StopAsync()));
        worker.Channel.CancelInvocations();
        await Task.WhenAny(drained, Task.Delay(DrainTimeout, TimeProvider.System, cancellationToken));
        return await worker.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync();
        foreach (var trigger in _triggers)
        {
            await trigger.CloseConnectionAsync();
        }

        // Fails the invocations in progress that the trigger waits for.
        _current.Fail(new IOException("The host is gone."));
        _current.Started?.Dispose();
        foreach (var trigger in _triggers)
        {
            await trigger.DisposeAsync();
        }

        // A worker that could not be restarted has failed everything that waited for it.
        await Task.WhenAll(_supervised).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Also those that have exited, whose ids must not be kept.
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Stops without a worker, as the Functions host does: it receives no more messages.</summary>
    private void GiveUp(IOException reason)
    {
        HasGivenUp = true;
        foreach (var trigger in _triggers)
        {
            _ = trigger.StopAsync();
        }

        _current.Fail(reason);
    }

    /// <summary>
    /// What the Functions host does when a worker exits by itself: nothing after 0, because it assumes that the worker
    /// still runs. After 200 it starts another worker. After any other code it also fails the invocations in progress
    /// (Azure/azure-functions-host, WorkerProcess.OnProcessExited).
    /// </summary>
    private async Task SuperviseAsync(WorkerProgram program, Worker worker)
    {
        try
        {
            var exitCode = await worker.Process.WaitForExitAsync(_stopping.Token);
            if (exitCode == Success || worker.IsStopping)
            {
                return;
            }

            // First, because failed invocations are repeated immediately and must then wait for the next worker.
            _current.Remove();
            if (exitCode != IntentionalRestart)
            {
                IOException ended = new($"The worker exited with code {exitCode}.");
                worker.Channel.Fail(ended);
                if (++_faults >= MaxFaults)
                {
                    GiveUp(ended);
                    return;
                }
            }

            await StartWorkerAsync(program, _stopping.Token);
        }
        catch (Exception exception) when (worker.IsStopping || _stopping.IsCancellationRequested)
        {
            // The host stops, so no other worker is needed.
            _ = exception;
        }
        catch (Exception exception)
        {
            GiveUp(new IOException("The worker could not be started again.", exception));
            throw;
        }
    }
}
