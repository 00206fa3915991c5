namespace Reliability;

/// <summary>What must not be told.</summary>
[Flags]
public enum SecretKind
{
    None = 0,
    Key = 1,
    Secret = 2,
    Signature = 4,
    Payload = 8,

    /// <summary>May be told to whoever knows it: in the answer to its caller, and in the event's own field.</summary>
    Hash = 16,
}
