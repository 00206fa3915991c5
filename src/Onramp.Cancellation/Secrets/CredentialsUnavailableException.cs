namespace Onramp.Cancellation.Secrets;

/// <summary>
/// A secret could not be read or used. The message is a sentence for the operator: the vault, the secret, what went
/// wrong and what to do. It never contains a secret value.
/// </summary>
public sealed class CredentialsUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The kind of error, which decides whether the last good value stays in use.</summary>
    internal SecretFault Fault { get; init; }
}

/// <summary>Kinds of errors of a secret. Only after the first one the last good value stays in use.</summary>
internal enum SecretFault
{
    /// <summary>The vault, the identity or the network did not give a usable answer.</summary>
    Unreachable = 0,

    /// <summary>The secret is disabled, expired, not yet valid or deleted in the vault.</summary>
    Withdrawn,

    /// <summary>The vault returned a value that is not valid for this secret.</summary>
    Unusable,
}
