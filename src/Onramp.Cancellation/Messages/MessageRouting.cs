namespace Onramp.Cancellation.Messages;

/// <summary>What a sender sets for others and this service only passes on.</summary>
public sealed record MessageRouting
{
    /// <summary>Whom the sender means; null when it set none.</summary>
    public string? To { get; init; }

    /// <summary>Where the sender wants an answer; null when it set none.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The session of that answer; null when the sender set none.</summary>
    public string? ReplyToSessionId { get; init; }

    /// <summary>The session of the message; null when the sender set none.</summary>
    public string? SessionId { get; init; }

    /// <summary>The partition of the message; null when the sender set none.</summary>
    public string? PartitionKey { get; init; }
}
