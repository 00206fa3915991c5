namespace Onramp.Cancellation.Queue;

/// <summary>The queue will never take a message of this size, however often it is sent.</summary>
public sealed class MessageTooLargeException(string message, Exception innerException)
    : Exception(message, innerException);
