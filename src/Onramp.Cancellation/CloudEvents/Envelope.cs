namespace Onramp.Cancellation.CloudEvents;

/// <summary>
/// The envelope of a message or of a request: the event's source and id, its data and its trace; or why it cannot be
/// read.
/// </summary>
public readonly record struct Envelope
{
    /// <summary>The event's id; null for a bare body.</summary>
    public string? EventId { get; init; }

    /// <summary>The event's source; null for a bare body.</summary>
    public string? Source { get; init; }

    /// <summary>The event's data, or the whole bare body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The trace that the message or request belongs to.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>Why the event is not valid; null when it is.</summary>
    public string? Fault { get; init; }

    internal static Envelope Broken(string fault) => new() { Fault = fault };
}
