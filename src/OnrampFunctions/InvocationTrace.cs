using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Onramp.Cancellation.CloudEvents;
using TraceContext = Onramp.Cancellation.CloudEvents.TraceContext;

namespace OnrampFunctions;

/// <summary>
/// Makes the host's trace of an invocation the current one. The worker does so only while somebody listens; a request
/// or a message that brings no trace of its own would lose the host's.
/// </summary>
internal sealed class InvocationTrace : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var trace = context.TraceContext;
        using var activity =
            Activity.Current is null
            && new TraceParent(trace.TraceParent, trace.TraceState) is var host
            && host.TryRead(out _)
                ? TraceContext.Start(context.FunctionDefinition.Name, host, ActivityKind.Internal)
                : null;
        await next(context);
    }
}
