namespace Onramp.Cancellation.CloudEvents;

/// <summary>
/// What the envelope of a message or of a request says: the event's source and id, its data, its trace; or why it
/// cannot be read.
/// </summary>
public readonly record struct Envelope
{
    /// <summary>The event's id; null for what is no event.</summary>
    public string? EventId { get; init; }

    /// <summary>The event's source; null for what is no event.</summary>
    public string? Source { get; init; }

    /// <summary>The data of the event; of what is no event, the whole body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The trace that it belongs to.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>Why it is no event that can be taken; null when nothing is wrong.</summary>
    public string? Fault { get; init; }

    internal static Envelope Broken(string fault) => new() { Fault = fault };
}
