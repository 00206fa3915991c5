using System.Diagnostics;

namespace Onramp.Cancellation.Telemetry;

/// <summary>
/// The service's spans, named and described by the OpenTelemetry semantic conventions. Without a listener no spans are
/// created.
/// </summary>
public static class ServiceSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <summary>Whether there is a listener.</summary>
    public static bool Wanted => Source.HasListeners();

    /// <summary>Starts a child span of the current one.</summary>
    public static Activity? Start(string name, ActivityKind kind) => Source.StartActivity(name, kind);

    /// <summary>Starts a span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="parent">Its parent; the zero value for none.</param>
    /// <param name="links">Its links; null for none.</param>
    public static Activity? Start(
        string name,
        ActivityKind kind,
        ActivityContext parent,
        IEnumerable<ActivityLink>? links
    )
    {
        if (parent == default)
        {
            // The current activity would become the parent.
            Activity.Current = null;
        }

        return Source.StartActivity(name, kind, parent, tags: null, links);
    }

    /// <summary>The nearest span that is collected. Any other would be a parent missing from the trace.</summary>
    public static Activity? Collected(Activity? activity)
    {
        while (activity is not null && !activity.Source.HasListeners())
        {
            activity = activity.Parent;
        }

        return activity;
    }

    /// <summary>Starts the span of sending a message.</summary>
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

    /// <summary>Marks a span as failed. The exception's message is left out, because it may quote sent data.</summary>
    public static Activity SetFailed(this Activity span, string errorType) =>
        span.SetTag(TelemetryNames.ErrorType, errorType).SetStatus(ActivityStatusCode.Error);
}
