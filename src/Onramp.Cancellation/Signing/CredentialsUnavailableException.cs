namespace Onramp.Cancellation.Signing;

/// <summary>
/// The API key and secret could not be read. The message is one sentence for the operator: which vault, which secret, what went
/// wrong and what mends it. It holds no secret value.
/// </summary>
public sealed class CredentialsUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
