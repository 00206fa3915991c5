using System.Diagnostics;
using FunctionsHost.Protocol;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost;

/// <summary>
/// Forwards HTTP requests to a worker with the ASP.NET Core integration, with the same forwarder as the Functions host.
/// The request goes to the port of the worker and the invocation over the stream; a header links them. Function keys
/// are not required.
/// </summary>
internal sealed class HttpProxy(IHttpForwarder forwarder) : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    // A host without telemetry adds no trace to the request. Only the invocation has it.
    private readonly HttpMessageInvoker _client = new(
        new RepeatedConnects(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            },
            TimeProvider.System
        )
    );
    private CurrentWorker? _current;

    /// <summary>Reports every invocation with its W3C trace id and its result.</summary>
    public event Action<string, Task<InvocationResponse>>? Invoked;

    /// <summary>Starts forwarding requests to the current worker.</summary>
    public void Use(CurrentWorker current) => _current = current;

    public async Task AnswerAsync(HttpContext context)
    {
        var worker = await _current!.GetAsync(context.RequestAborted);
        if (worker.HttpFunctions.FirstOrDefault(function => function.Matches(context.Request.Path)) is not { } function)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        using var activity = Trace(context.Request);
        var invocation = Invoke(function, activity);
        var forwarded = forwarder.SendAsync(
            context,
            worker.Capabilities["HttpUri"],
            _client,
            ForwarderRequestConfig.Empty,
            new WithInvocation(invocation.InvocationId),
            CancellationToken.None
        );
        var invoked = worker.Channel.InvokeAsync(invocation);
        Invoked?.Invoke(activity.TraceId.ToString(), invoked);
        using var hungUp = context.RequestAborted.Register(() =>
            worker.Channel.Tell(new() { InvocationCancel = new() { InvocationId = invocation.InvocationId } })
        );
        if (!await SucceedsAsync(invoked, forwarded) && !context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// The host returns 500 without a body when the invocation fails or the request cannot be forwarded
    /// (Azure/azure-functions-host, DefaultHttpProxyService.EnsureSuccessfulForwardingAsync).
    /// </summary>
    private static async Task<bool> SucceedsAsync(Task<InvocationResponse> invoked, ValueTask<ForwarderError> forwarded)
    {
        var isInvoked = false;
        try
        {
            isInvoked = (await invoked).Result.Status == StatusResult.Types.Status.Success;
        }
        catch (IOException)
        {
            // The worker has exited.
        }

        return await forwarded == ForwarderError.None && isInvoked;
    }

    /// <summary>The span of the host in the caller's trace, or in a new one.</summary>
    private static Activity Trace(HttpRequest request)
    {
        Activity activity = new("invocation") { TraceStateString = request.Headers.TraceState };
        if (request.Headers.TraceParent.ToString() is { Length: > 0 } caller)
        {
            activity.SetParentId(caller);
        }

        return activity.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    private static InvocationRequest Invoke(HttpFunction function, Activity activity) =>
        new()
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = function.Id,
            InputData =
            {
                new ParameterBinding
                {
                    Name = function.Parameter,
                    Data = new() { Http = new() },
                },
            },
            TraceContext = new() { TraceParent = activity.Id, TraceState = activity.TraceStateString ?? "" },
            RetryContext = new(),
        };

    private sealed class WithInvocation(string id) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext,
            HttpRequestMessage proxyRequest,
            string destinationPrefix,
            CancellationToken cancellationToken
        )
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.TryAddWithoutValidation(InvocationHeader, id);
        }
    }
}
