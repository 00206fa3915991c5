using System.Diagnostics;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.CloudEvents;

/// <summary>
/// A caller's position in a trace (W3C Trace Context): the parent, and the state from the same source.
/// </summary>
public readonly record struct TraceParent(string? Id, string? State)
{
    /// <summary>Whether there is a valid parent.</summary>
    public bool TryRead(out ActivityContext context)
    {
        context = default;
        return Id is not null && ActivityContext.TryParse(Id, State, isRemote: true, out context);
    }
}

/// <summary>
/// Carries the caller's trace (W3C Trace Context) from the request through queue and retries into the outcome event. It
/// is one trace however late a delivery is. A delivery after the first is linked to the one that scheduled it.
/// </summary>
public static class TraceContext
{
    private const string ParentName = "cloudEvents_traceparent";
    private const string StateName = "cloudEvents_tracestate";

    // Written and read by the Service Bus client libraries, without state. On a message that also names its trace
    // elsewhere, it names the last sender.
    private const string DiagnosticId = "Diagnostic-Id";

    private static readonly (string Parent, string? State)[] Places =
    [
        (ParentName, StateName),
        ("cloudEvents:traceparent", "cloudEvents:tracestate"),
        ("traceparent", "tracestate"),
        (DiagnosticId, null),
    ];

    /// <summary>
    /// Starts the activity of one request; none when there is neither a listener nor a caller's trace. Without a
    /// listener the caller's trace is still propagated.
    /// </summary>
    /// <param name="name">The activity's name.</param>
    /// <param name="caller">The caller's trace.</param>
    /// <param name="kind">Its kind, if the host has not started an activity for the same request; otherwise it becomes
    /// an internal child of that.</param>
    /// <param name="sender">The last sender of the message, if that is not the caller.</param>
    public static Activity? Start(string name, TraceParent caller, ActivityKind kind, TraceParent sender = default)
    {
        var hasCaller = caller.TryRead(out var parent);
        if (!ServiceSpans.Wanted)
        {
            return hasCaller ? PassOn(name, parent) : null;
        }

        // An activity that the host has already started for this trace is the nearer parent.
        var host = ServiceSpans.Collected(Activity.Current);
        List<ActivityLink>? links = null;
        if (host is not null && hasCaller && host.TraceId != parent.TraceId)
        {
            (links ??= []).Add(new ActivityLink(host.Context));
        }
        else if (host is not null)
        {
            (parent, kind) = (host.Context, kind == ActivityKind.Server ? ActivityKind.Internal : kind);
        }

        if (sender.TryRead(out var last) && last.SpanId != parent.SpanId)
        {
            (links ??= []).Add(new ActivityLink(last));
        }

        return ServiceSpans.Start(name, kind, parent, links) ?? (hasCaller ? PassOn(name, parent) : null);
    }

    /// <summary>The first valid trace in a message's properties.</summary>
    public static TraceParent Of(IReadOnlyDictionary<string, object> properties)
    {
        foreach (var (parent, state) in Places)
        {
            var found = new TraceParent(Text(properties, parent), state is null ? null : Text(properties, state));
            if (found.TryRead(out _))
            {
                return found;
            }
        }

        return default;
    }

    /// <summary>Whether a property names a trace.</summary>
    internal static bool IsName(string name) =>
        Array.Exists(Places, place => name == place.Parent || name == place.State);

    /// <summary>The last sender of a message.</summary>
    public static TraceParent SenderOf(IReadOnlyDictionary<string, object> properties) =>
        new(Text(properties, DiagnosticId), null);

    /// <summary>
    /// The properties of an outgoing message with the trace, if there is one: the CloudEvents distributed tracing
    /// extension, and what Service Bus tools read.
    /// </summary>
    public static KeyValuePair<string, object>[] AddTo(KeyValuePair<string, object>[] properties, Activity? activity) =>
        activity switch
        {
            not { IdFormat: ActivityIdFormat.W3C, Id: not null } => properties,
            { TraceStateString: { Length: > 0 } state } =>
            [
                .. properties,
                new(ParentName, activity.Id),
                new(DiagnosticId, activity.Id),
                new(StateName, state),
            ],
            _ => [.. properties, new(ParentName, activity.Id), new(DiagnosticId, activity.Id)],
        };

    /// <summary>
    /// An outgoing message with the trace. A copy of an earlier message keeps its trace and names its current sender.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="sending">The span of sending it; null without a listener.</param>
    public static OutboundMessage AddTo(OutboundMessage message, Activity? sending)
    {
        var properties = message.Properties as IReadOnlyDictionary<string, object>;
        if (properties is null || !Of(properties).TryRead(out _))
        {
            return message with { Properties = AddTo([.. message.Properties], Activity.Current) };
        }

        return sending?.Id is { } id
            ? message with
            {
                Properties = new Dictionary<string, object>(properties) { [DiagnosticId] = id },
            }
            : message;
    }

    private static Activity PassOn(string name, ActivityContext parent)
    {
        if (Activity.Current is { } current && current.TraceId == parent.TraceId)
        {
            parent = current.Context;
        }

        return new Activity(name) { TraceStateString = parent.TraceState }
            .SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags)
            .Start();
    }

    private static string? Text(IReadOnlyDictionary<string, object> properties, string name) =>
        properties.TryGetValue(name, out var value) && value is string { Length: > 0 } text ? text : null;
}
