using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnrampFunctions.Operator.Output;

/// <summary>
/// Standard output or standard error in a pipe or a file, where a write can fail. The console's own writer ignores a
/// closed pipe, and its exception for a closed handle looks like a missing role.
/// </summary>
internal sealed class GuardedOutput : TextWriter
{
    private const int StandardOutput = 1;

    // EPIPE, as .NET reports it in HResult.
    private const int BrokenPipe = 32;

    // Opened by the first write: a command without output does not need it.
    private readonly Lazy<TextWriter> _output;
    private readonly bool _isResult;

    private GuardedOutput(Func<TextWriter> open, bool isResult) =>
        (_output, _isResult) = (new(open, LazyThreadSafetyMode.PublicationOnly), isResult);

    /// <summary>For results. A failed write ends the command with an error.</summary>
    public static TextWriter Results { get; } =
        Console.IsOutputRedirected && !OperatingSystem.IsWindows()
            ? new GuardedOutput(Open, isResult: true)
            : Console.Out;

    /// <summary>
    /// For everything else. A failed write is ignored, because it cannot be reported.
    /// </summary>
    public static TextWriter Notes { get; } =
        Console.IsErrorRedirected ? new GuardedOutput(static () => Console.Error, isResult: false) : Console.Error;

    public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    public override void Write(char value) => Guard(output => output.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Guard(output => output.Write(buffer, index, count));

    public override void Write(string? value) => Guard(output => output.Write(value));

    public override void Flush() => Guard(static output => output.Flush());

    // A FileStream keeps its own position in a file: processes that share the file would overwrite each other's output.
    private static StreamWriter Open()
    {
        FileStream stream = new(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new StreamWriter(stream.CanSeek ? Console.OpenStandardOutput() : stream) { AutoFlush = true };
    }

    private static string Reason(Exception exception) =>
        exception is IOException ? exception.Message.Split(" : ")[0].TrimEnd('.') : "it is closed";

    private void Guard(Action<TextWriter> write)
    {
        try
        {
            write(_output.Value);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (_isResult)
            {
                throw exception.HResult == BrokenPipe
                    ? new OperatorException("The reader of standard output closed it.", ExitCode.OutputClosed)
                    : new OperatorException($"Cannot write to standard output: {Reason(exception)}.");
            }
        }
    }
}
