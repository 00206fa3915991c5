using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Queue;

/// <summary>How a peek-locked message is settled.</summary>
public enum SettlementKind
{
    /// <summary>Abandon: the message is delivered again.</summary>
    Abandon,

    /// <summary>Complete: its result is stored elsewhere.</summary>
    Complete,

    /// <summary>Move to the dead-letter queue.</summary>
    DeadLetter,
}

/// <summary>How to settle a message after handling. A host translates it for its broker.</summary>
public readonly record struct Settlement
{
    /// <summary>Maximum length of a reason or description in Service Bus, in characters.</summary>
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

    /// <summary>Abandons the message.</summary>
    public static Settlement Abandon { get; } = new(SettlementKind.Abandon);

    /// <summary>Completes the message.</summary>
    public static Settlement Complete { get; } = new(SettlementKind.Complete);

    /// <summary>The kind. The zero value abandons the message, which loses nothing.</summary>
    public SettlementKind Kind { get; }

    /// <summary>The reason for dead-lettering, as one word; null otherwise.</summary>
    public string? Reason { get; }

    /// <summary>The description for dead-lettering; null otherwise.</summary>
    public string? Description { get; }

    /// <summary>Application properties to set on an abandoned or dead-lettered message; null for none.</summary>
    public IReadOnlyDictionary<string, object>? Properties { get; }

    /// <summary>Abandons the message and sets its history.</summary>
    public static Settlement AbandonWith(IReadOnlyDictionary<string, object> properties) =>
        new(SettlementKind.Abandon, properties: properties);

    /// <summary>Dead-letters an invalid message, with all errors.</summary>
    public static Settlement Invalid(string faults, IReadOnlyDictionary<string, object>? properties = null) =>
        DeadLetter(DeadLetterReasons.InvalidMessage, faults, properties);

    /// <summary>Dead-letters the message. Texts that are too long for the broker are truncated.</summary>
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
