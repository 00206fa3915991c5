namespace Onramp.Cancellation.Telemetry;

/// <summary>What can happen to a timeout, for metrics.</summary>
internal enum TimeoutEvent
{
    /// <summary>It was armed.</summary>
    Armed,

    /// <summary>Its caller moved it.</summary>
    Moved,

    /// <summary>Its caller disarmed it.</summary>
    Disarmed,

    /// <summary>Its order was extended, and it followed.</summary>
    Extended,

    /// <summary>It fired, and its outcome is published.</summary>
    Fired,

    /// <summary>An alarm rang that belongs to no row any more.</summary>
    Stray,
}

/// <summary>The names of timeout events in telemetry.</summary>
internal static class TimeoutEvents
{
    public static string Name(this TimeoutEvent change) =>
        change switch
        {
            TimeoutEvent.Armed => "armed",
            TimeoutEvent.Moved => "moved",
            TimeoutEvent.Disarmed => "disarmed",
            TimeoutEvent.Extended => "extended",
            TimeoutEvent.Fired => "fired",
            TimeoutEvent.Stray => "stray",
        };
}
