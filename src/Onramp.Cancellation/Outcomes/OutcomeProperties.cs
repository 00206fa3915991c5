namespace Onramp.Cancellation.Outcomes;

/// <summary>
/// The application properties of an outcome event: CloudEvents attributes, and properties for subscription filters.
/// </summary>
public static class OutcomeProperties
{
    /// <summary>The CloudEvents version.</summary>
    public const string SpecVersion = "cloudEvents_specversion";

    /// <summary>The event's id, which is the same whenever the same outcome is published again.</summary>
    public const string Id = "cloudEvents_id";

    /// <summary>The publisher: the setting <c>Outcomes__Source</c>.</summary>
    public const string Source = "cloudEvents_source";

    /// <summary>The event's type.</summary>
    public const string Type = "cloudEvents_type";

    /// <summary>The order.</summary>
    public const string Subject = "cloudEvents_subject";

    /// <summary>When the outcome was established.</summary>
    public const string Time = "cloudEvents_time";

    /// <summary>The outcome, for filters.</summary>
    public const string Outcome = "outcome";

    /// <summary>The trigger of the request, for filters.</summary>
    public const string Trigger = "trigger";

    /// <summary>The id of the request's record, which <c>GET /api/requests/{id}</c> returns.</summary>
    public const string Record = "onrampCancel_record";

    /// <summary>A digest of what was asked for, to compare a repeat with.</summary>
    public const string Fingerprint = "onrampCancel_fingerprint";

    /// <summary>Proves that this service wrote the event.</summary>
    public const string Mac = "onrampCancel_outcomeMac";

    /// <summary>The properties of every event; an event with a trace has more.</summary>
    public static IReadOnlyList<string> Always { get; } =
    [SpecVersion, Id, Source, Type, Subject, Time, Outcome, Trigger, Record, Fingerprint, Mac];
}
