namespace OnrampFunctions.Local;

/// <summary>The broker refused an operation, as a Service Bus namespace does when it is overloaded or being moved.</summary>
public sealed class BrokerUnavailableException : Exception
{
    public BrokerUnavailableException()
        : this("The broker refused the operation.")
    {
    }

    public BrokerUnavailableException(string message)
        : base(message)
    {
    }

    public BrokerUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
