using System.Collections.Concurrent;
using System.Text;
using FunctionsHost.Protocol;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>The app in its own worker with its own host, and a client for it.</summary>
public sealed class HostedApp : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Task<InvocationResponse>>> _invocations = new();

    private HostedApp(WorkerHost host, FunctionsHost.Worker worker)
    {
        Host = host;
        Worker = worker;
        host.Invoked += (trace, invocation) => Invocation(trace).TrySetResult(invocation);
        Client = new HttpClient { BaseAddress = host.Http, Timeout = Platform.Patience };
    }

    public WorkerHost Host { get; }

    public FunctionsHost.Worker Worker { get; }

    public HttpClient Client { get; }

    /// <summary>The W3C trace ids of all invocations so far.</summary>
    public IEnumerable<string> Traces => _invocations.Keys;

    /// <summary>Waits for the invocation of a trace and for its result.</summary>
    public async Task<InvocationResponse> EndAsync(string trace) =>
        await (await Invocation(trace).Task.WaitAsync(Platform.Patience, Platform.Token)).WaitAsync(
            Platform.Patience,
            Platform.Token
        );

    public static async Task<HostedApp> StartAsync(WorkerProgram program)
    {
        var host = await WorkerHost.StartAsync(Platform.Token);
        try
        {
            return new HostedApp(
                host,
                await host.StartWorkerAsync(program, Platform.Token).WaitAsync(Platform.Patience, Platform.Token)
            );
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public Task<Answer> CancelAsync(string orderId, params (string Name, string Value)[] headers) =>
        PostAsync("/api/orders/cancel", $$"""{"orderId":"{{orderId}}"}""", headers);

    public async Task<Answer> PutAsync(string path, string json)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        return await SendAsync(request);
    }

    public async Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path)
    {
        using HttpRequestMessage request = new(method, path);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request, Platform.Token);
        return await Answer.OfAsync(response, Platform.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Worker.Dispose();
        await Host.DisposeAsync();
    }

    private TaskCompletionSource<Task<InvocationResponse>> Invocation(string trace) =>
        _invocations.GetOrAdd(trace, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
