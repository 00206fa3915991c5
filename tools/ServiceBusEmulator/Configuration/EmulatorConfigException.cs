namespace ServiceBusEmulator.Configuration;

/// <summary>A configuration file cannot be used; the message names the file and says what to change.</summary>
public sealed class EmulatorConfigException : Exception
{
    public EmulatorConfigException() { }

    public EmulatorConfigException(string message)
        : base(message) { }

    public EmulatorConfigException(string message, Exception innerException)
        : base(message, innerException) { }
}
