using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Queue;

/// <summary>How a peek-locked message ends.</summary>
public enum SettlementKind
{
    /// <summary>Give it back: it is delivered again.</summary>
    Abandon,

    /// <summary>It is done: what came of it is stored elsewhere.</summary>
    Complete,

    /// <summary>Move it to the dead-letter queue.</summary>
    DeadLetter,
}

/// <summary>What to do with a message once it has been handled; a host translates it to its broker.</summary>
public readonly record struct Settlement
{
    /// <summary>Longest reason and longest description that Service Bus takes, in characters.</summary>
    public const int MaxTextLength = 4096;

    private Settlement(
        SettlementKind kind,
        string? reason = null,
        string? description = null,
        IReadOnlyDictionary<string, object>? properties = null
    )
    {
        Kind = kind;
        Reason = reason;
        Description = description;
        Properties = properties;
    }

    /// <summary>Give the message back.</summary>
    public static Settlement Abandon { get; } = new(SettlementKind.Abandon);

    /// <summary>Complete the message.</summary>
    public static Settlement Complete { get; } = new(SettlementKind.Complete);

    /// <summary>What to do. The zero value gives the message back, which loses nothing.</summary>
    public SettlementKind Kind { get; }

    /// <summary>Why the message is dead-lettered, as one word; null otherwise.</summary>
    public string? Reason { get; }

    /// <summary>The same in full; null unless dead-lettered.</summary>
    public string? Description { get; }

    /// <summary>
    /// Application properties to set on the message while it is given back or dead-lettered; null for none.
    /// </summary>
    public IReadOnlyDictionary<string, object>? Properties { get; }

    /// <summary>Give the message back with what is known of it so far.</summary>
    public static Settlement AbandonWith(IReadOnlyDictionary<string, object> properties) =>
        new(SettlementKind.Abandon, properties: properties);

    /// <summary>Dead-letter a message that cannot be understood, with every fault that was found.</summary>
    public static Settlement Invalid(string faults, IReadOnlyDictionary<string, object>? properties = null) =>
        DeadLetter(DeadLetterReasons.InvalidMessage, faults, properties);

    /// <summary>Dead-letter the message; a text that is too long for the broker is cut.</summary>
    public static Settlement DeadLetter(
        string reason,
        string description,
        IReadOnlyDictionary<string, object>? properties = null
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        return new(SettlementKind.DeadLetter, reason, TextCut.To(description, MaxTextLength), properties);
    }
}
