namespace Onramp.Cancellation.Secrets;

/// <summary>
/// A secret could not be read or used. The message is one sentence for the operator: which vault, which secret, what
/// went wrong and what to do about it. It never holds a secret value.
/// </summary>
public sealed class CredentialsUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What kind of fault it is, which decides whether the last good value stays.</summary>
    internal SecretFault Fault { get; init; }
}

/// <summary>Kinds of faults of a secret. Only the first one leaves the last good value in use.</summary>
internal enum SecretFault
{
    /// <summary>The vault, the identity or the network did not give a usable answer.</summary>
    Unreachable = 0,

    /// <summary>The vault said that the secret is disabled, expired, not yet valid or deleted.</summary>
    Withdrawn,

    /// <summary>The vault gave a value that cannot be a secret of this kind.</summary>
    Unusable,
}
