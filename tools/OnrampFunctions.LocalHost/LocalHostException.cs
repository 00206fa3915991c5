namespace OnrampFunctions.LocalHost;

/// <summary>The local host cannot start; the message says what to do.</summary>
public sealed class LocalHostException : Exception
{
    public LocalHostException() { }

    public LocalHostException(string message)
        : base(message) { }

    public LocalHostException(string message, Exception innerException)
        : base(message, innerException) { }
}
