using System.Diagnostics;

namespace Onramp.Cancellation.Messaging;

/// <summary>A caller's place in a trace (W3C Trace Context): the parent, and the state that came with it, from one and the same place.</summary>
public readonly record struct TraceParent(string? Id, string? State)
{
    /// <summary>Whether there is one that can be read.</summary>
    public bool TryRead(out ActivityContext context)
    {
        context = default;
        return Id is not null && ActivityContext.TryParse(Id, State, isRemote: true, out context);
    }
}

/// <summary>
/// The caller's trace (W3C Trace Context) from where a request comes in, through the call to Onramp, into the outcome event.
/// </summary>
public static class TraceContext
{
    /// <summary>The source of the service's activities, for whoever collects traces.</summary>
    public const string SourceName = "Onramp.Cancellation";

    private const string ParentName = "cloudEvents_traceparent";
    private const string StateName = "cloudEvents_tracestate";

    // What the Service Bus client libraries write and look for; it has no state.
    private const string DiagnosticId = "Diagnostic-Id";

    private static readonly (string Parent, string? State)[] Places =
    [
        (ParentName, StateName), ("cloudEvents:traceparent", "cloudEvents:tracestate"), ("traceparent", "tracestate"), (DiagnosticId, null),
    ];

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Starts the activity of one request, or none when nobody listens and the caller has no trace. Without a listener a
    /// caller's trace is passed on all the same.
    /// </summary>
    public static Activity? Start(string name, TraceParent caller, ActivityKind kind = ActivityKind.Consumer)
    {
        if (!caller.TryRead(out var parent))
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

    /// <summary>The trace that a message's properties name; the first that can be read.</summary>
    public static TraceParent Of(IReadOnlyDictionary<string, object> properties)
    {
        foreach (var (parent, state) in Places)
        {
            var found = new TraceParent(Text(parent), state is null ? null : Text(state));
            if (found.TryRead(out _))
            {
                return found;
            }
        }

        return default;

        string? Text(string name) => properties.TryGetValue(name, out var value) && value is string { Length: > 0 } text ? text : null;
    }

    /// <summary>
    /// The properties of a message that leaves, and the trace, if there is one: the CloudEvents distributed tracing extension and what Service
    /// Bus tools read.
    /// </summary>
    public static KeyValuePair<string, object>[] AddTo(KeyValuePair<string, object>[] properties, Activity? activity) => activity switch
    {
        not { IdFormat: ActivityIdFormat.W3C, Id: not null } => properties,
        { TraceStateString: { Length: > 0 } state } => [.. properties, new(ParentName, activity.Id), new(DiagnosticId, activity.Id), new(StateName, state)],
        _ => [.. properties, new(ParentName, activity.Id), new(DiagnosticId, activity.Id)],
    };
}
