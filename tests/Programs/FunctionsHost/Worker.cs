using FunctionsHost.Protocol;

namespace FunctionsHost;

/// <summary>A started worker: its process, its stream, and its capabilities and functions.</summary>
public sealed class Worker : IDisposable
{
    private const int MaxMessageLength = int.MaxValue;

    private static readonly TimeSpan TerminateGrace = TimeSpan.FromSeconds(5);

    private readonly WorkerProgram _program;
    private bool _isDisposed;

    private Worker(WorkerProgram program, RunningProgram process, WorkerChannel channel) =>
        (_program, Process, Channel) = (program, process, channel);

    /// <summary>The process.</summary>
    public RunningProgram Process { get; }

    /// <summary>The stream.</summary>
    public WorkerChannel Channel { get; }

    /// <summary>The capabilities of the worker, once it is initialised.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>The functions, once they are loaded.</summary>
    public IReadOnlyList<RpcFunctionMetadata> Functions { get; private set; } = [];

    /// <summary>The functions with an HTTP trigger.</summary>
    internal IReadOnlyList<HttpFunction> HttpFunctions { get; private set; } = [];

    /// <summary>The functions with a Service Bus trigger.</summary>
    internal IReadOnlyList<QueueFunction> QueueFunctions { get; private set; } = [];

    /// <summary>Whether the host stops the process.</summary>
    internal bool IsStopping { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = IsStopping = true;
        Process.Dispose();
        Channel.Fail(new IOException("The worker is gone."));
    }

    /// <summary>
    /// Asks the worker to exit and kills it after the host's grace period (Azure/azure-functions-host,
    /// GrpcWorkerChannel.StopWorkerProcess).
    /// </summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        IsStopping = true;
        Channel.Tell(new StreamingMessage { WorkerTerminate = new() });
        var ended = Process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(ended, Task.Delay(TerminateGrace, TimeProvider.System, cancellationToken)) != ended)
        {
            Process.Kill();
        }

        return await ended;
    }

    internal static Worker Start(WorkerProgram program, Uri host, WorkerStreams streams)
    {
        var (workerId, requestId) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var channel = streams.Expect(workerId);
        Dictionary<string, string?> settings = new(program.Settings)
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = program.Directory,
            ["FUNCTIONS_WORKER_DIRECTORY"] = program.Directory,
        };

        // In both forms, for older and newer workers, as the current host does.
        string[] arguments =
        [
            "--host",
            host.Host,
            "--port",
            $"{host.Port}",
            "--workerId",
            workerId,
            "--requestId",
            requestId,
            "--grpcMaxMessageLength",
            $"{MaxMessageLength}",
            "--functions-uri",
            host.AbsoluteUri,
            "--functions-worker-id",
            workerId,
            "--functions-request-id",
            requestId,
            "--functions-grpc-max-message-length",
            $"{MaxMessageLength}",
        ];
        return new Worker(program, RunningProgram.Start(program.Assembly, settings, arguments), channel);
    }

    /// <summary>Waits until the worker is ready, and makes it list and load its functions.</summary>
    /// <exception cref="WorkerEndedException">The process exited before that.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var ended = Process.WaitForExitAsync(cancellationToken);
        try
        {
            if (await Task.WhenAny(ended, Channel.Started) == ended)
            {
                throw new IOException("The worker is gone.");
            }

            await LoadFunctionsAsync(cancellationToken);
        }
        catch (IOException gone)
        {
            throw new WorkerEndedException(
                await ended.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken),
                Process,
                gone
            );
        }
    }

    private async Task LoadFunctionsAsync(CancellationToken cancellationToken)
    {
        var initialised = await Channel.AskAsync(
            new()
            {
                WorkerInitRequest = new()
                {
                    HostVersion = "4.1045.200",
                    WorkerDirectory = _program.Directory,
                    FunctionAppDirectory = _program.Directory,
                },
            },
            cancellationToken
        );
        Check(initialised.WorkerInitResponse.Result);
        Capabilities = initialised.WorkerInitResponse.Capabilities;
        var listed = await Channel.AskAsync(
            new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = _program.Directory } },
            cancellationToken
        );
        Check(listed.FunctionMetadataResponse.Result);
        foreach (var function in listed.FunctionMetadataResponse.FunctionMetadataResults)
        {
            var loaded = await Channel.AskAsync(
                new()
                {
                    FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function },
                },
                cancellationToken
            );
            Check(loaded.FunctionLoadResponse.Result);
        }

        Functions = [.. listed.FunctionMetadataResponse.FunctionMetadataResults];
        HttpFunctions = HttpFunction.Of(Functions);
        QueueFunctions = QueueFunction.Of(Functions);
    }

    private static void Check(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new InvalidOperationException($"The worker failed: {result.Exception?.Message}");
        }
    }
}
