using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Onramp.Cancellation.CloudEvents;
using TraceContext = Onramp.Cancellation.CloudEvents.TraceContext;

namespace OnrampFunctions;

/// <summary>
/// Makes the host's trace of an invocation the current one. The worker does so only if there is a listener; without it
/// a request or message without trace context would lose the host's trace.
/// </summary>
internal sealed class InvocationTrace : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var trace = context.TraceContext;
        TraceParent parent = new(trace.TraceParent, trace.TraceState);
        if (Activity.Current is not null || !parent.TryRead(out _))
        {
            await next(context);
            return;
        }

        using var activity = TraceContext.Start(context.FunctionDefinition.Name, parent, ActivityKind.Internal);
        await next(context);
    }
}
