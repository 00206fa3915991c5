using System.Diagnostics;

namespace Onramp.Cancellation;

/// <summary>
/// The caller's trace (W3C Trace Context) from where a request comes in, through the call to Onramp, into the outcome event.
/// </summary>
internal static class TraceContext
{
    private const string TraceParent = "cloudEvents_traceparent";
    private const string TraceState = "cloudEvents_tracestate";

    // What the Service Bus client libraries write and look for.
    private const string DiagnosticId = "Diagnostic-Id";

    private static readonly string[] ParentNames = [TraceParent, "cloudEvents:traceparent", "traceparent", DiagnosticId];
    private static readonly string[] StateNames = [TraceState, "cloudEvents:tracestate", "tracestate"];
    private static readonly ActivitySource Source = new(OrderCancellation.ActivitySourceName);

    /// <summary>
    /// Starts the activity of one request, or none when nobody listens and the caller has no trace. Without a listener a
    /// caller's trace is passed on all the same.
    /// </summary>
    public static Activity? Start(string name, ActivityKind kind, string? traceParent, string? traceState)
    {
        if (traceParent is null || !ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent))
        {
            return Source.StartActivity(name, kind);
        }

        // A host that has already begun an activity for this very trace is the nearer parent.
        if (Activity.Current is { } current && current.TraceId == parent.TraceId)
        {
            parent = current.Context;
        }

        return Source.StartActivity(name, kind, parent)
            ?? new Activity(name) { TraceStateString = parent.TraceState }.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
    }

    /// <summary>Starts the activity of one message.</summary>
    /// <param name="name">What is being done.</param>
    /// <param name="message">The message, whose properties may carry a trace.</param>
    /// <param name="traceParent">The trace that came in its body, if any.</param>
    public static Activity? Start(string name, InboundMessage message, string? traceParent)
        => Start(name, ActivityKind.Consumer, traceParent ?? Find(message, ParentNames), Find(message, StateNames));

    /// <summary>
    /// The properties of a message that leaves, and the trace, if there is one: the CloudEvents distributed tracing extension and what Service
    /// Bus tools read.
    /// </summary>
    public static KeyValuePair<string, object>[] AddTo(KeyValuePair<string, object>[] properties, Activity? activity) => activity switch
    {
        not { IdFormat: ActivityIdFormat.W3C, Id: not null } => properties,
        { TraceStateString: { Length: > 0 } state } => [.. properties, new(TraceParent, activity.Id), new(DiagnosticId, activity.Id), new(TraceState, state)],
        _ => [.. properties, new(TraceParent, activity.Id), new(DiagnosticId, activity.Id)],
    };

    private static string? Find(InboundMessage message, string[] names)
    {
        foreach (var name in names)
        {
            if (message.Properties.TryGetValue(name, out var value) && value is string { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }
}
