namespace OnrampFunctions.Operator.Output;

/// <summary>Ends a command with a message that says what to do, and an exit code.</summary>
internal sealed class OperatorException(string message, ExitCode exitCode = ExitCode.Failed) : Exception(message)
{
    public ExitCode ExitCode { get; } = exitCode;

    public static OperatorException Usage(string message) => new(message, ExitCode.Usage);
}
