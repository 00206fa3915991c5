namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// The application properties of an outcome event: CloudEvents attributes, and what subscriptions filter on.
/// </summary>
public static class OutcomeProperties
{
    /// <summary>The CloudEvents version.</summary>
    public const string SpecVersion = "cloudEvents_specversion";

    /// <summary>The event's id, the same however often the same outcome is published.</summary>
    public const string Id = "cloudEvents_id";

    /// <summary>Who publishes: the setting <c>Outcomes__Source</c>.</summary>
    public const string Source = "cloudEvents_source";

    /// <summary>The event's type.</summary>
    public const string Type = "cloudEvents_type";

    /// <summary>The order.</summary>
    public const string Subject = "cloudEvents_subject";

    /// <summary>When the outcome was established.</summary>
    public const string Time = "cloudEvents_time";

    /// <summary>The outcome, for filters.</summary>
    public const string Outcome = "outcome";

    /// <summary>What asked, for filters.</summary>
    public const string Trigger = "trigger";

    /// <summary>Those that every event has; with a trace it has more.</summary>
    public static IReadOnlyList<string> Always { get; } =
    [SpecVersion, Id, Source, Type, Subject, Time, Outcome, Trigger];
}
