using System.Diagnostics;

namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// The service's spans, named and described by the semantic conventions of OpenTelemetry; none is made while nobody
/// listens.
/// </summary>
public static class ServiceSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <summary>Whether somebody listens.</summary>
    public static bool Wanted => Source.HasListeners();

    /// <summary>Begins a span below the current one.</summary>
    public static Activity? Start(string name, ActivityKind kind) => Source.StartActivity(name, kind);

    /// <summary>Begins a span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="parent">What it is part of; the zero value for nothing.</param>
    /// <param name="links">What it belongs together with.</param>
    public static Activity? Start(
        string name,
        ActivityKind kind,
        ActivityContext parent,
        IEnumerable<ActivityLink>? links
    )
    {
        if (parent == default)
        {
            // A current one would become the parent.
            Activity.Current = null;
        }

        return Source.StartActivity(name, kind, parent, tags: null, links);
    }

    /// <summary>The nearest span that somebody collects: any other would be a parent that nobody finds.</summary>
    public static Activity? Collected(Activity? activity)
    {
        while (activity is not null && !activity.Source.HasListeners())
        {
            activity = activity.Parent;
        }

        return activity;
    }

    /// <summary>Begins the span of a message that leaves.</summary>
    /// <param name="destination">The queue or the topic.</param>
    public static Activity? StartSend(string destination)
    {
        if (!Wanted)
        {
            return null;
        }

        var span = Start($"send {destination}", ActivityKind.Producer);
        return span?.SetMessaging("send", destination);
    }

    /// <summary>Describes the message that a span is about.</summary>
    public static Activity SetMessaging(this Activity span, string operation, string destination) =>
        span.SetTag(TelemetryNames.MessagingSystem, "servicebus")
            .SetTag(TelemetryNames.Destination, destination)
            .SetTag(TelemetryNames.OperationType, operation)
            .SetTag(TelemetryNames.OperationName, operation);

    /// <summary>Marks a span as failed. What an exception says stays out: it may quote what was sent.</summary>
    public static Activity SetFailed(this Activity span, string errorType) =>
        span.SetTag(TelemetryNames.ErrorType, errorType).SetStatus(ActivityStatusCode.Error);
}
