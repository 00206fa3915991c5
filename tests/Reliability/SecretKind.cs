namespace Reliability;

/// <summary>Data that must not leak.</summary>
[Flags]
public enum SecretKind
{
    None = 0,
    Key = 1,
    Secret = 2,
    Signature = 4,
    Payload = 8,

    /// <summary>Allowed in the response to its caller and in its own field of the event.</summary>
    Hash = 16,
}
