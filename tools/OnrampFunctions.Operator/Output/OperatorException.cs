namespace OnrampFunctions.Operator.Output;

/// <summary>The end of a command: one sentence, with what mends it, and the exit code.</summary>
internal sealed class OperatorException(string message, ExitCode exitCode = ExitCode.Failed) : Exception(message)
{
    public ExitCode ExitCode { get; } = exitCode;

    public static OperatorException Usage(string message) => new(message, ExitCode.Usage);
}
