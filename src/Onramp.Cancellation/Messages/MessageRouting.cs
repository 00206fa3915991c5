namespace Onramp.Cancellation.Messages;

/// <summary>Properties of the sender that this service only passes on.</summary>
public sealed record MessageRouting
{
    /// <summary>The address of the receiver; null when the sender set none.</summary>
    public string? To { get; init; }

    /// <summary>The address for an answer; null when the sender set none.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The session of that answer; null when the sender set none.</summary>
    public string? ReplyToSessionId { get; init; }

    /// <summary>The session of the message; null when the sender set none.</summary>
    public string? SessionId { get; init; }

    /// <summary>The partition of the message; null when the sender set none.</summary>
    public string? PartitionKey { get; init; }
}
