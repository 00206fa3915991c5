using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Logs one readable line an entry: time, message, and the level of warnings and errors. The lines that arrive while
/// others are written are written together. The framework's console logger writes each by itself, which takes a fifth
/// of the processor time under load.
/// </summary>
public sealed class LineLogger : ILoggerProvider, ILogger
{
    private const int MaxWaitingLines = 5000;
    private const int MaxBatchLength = 32 * 1024;

    private static readonly TimeSpan LastLinesLimit = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Stream _output;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaitingLines) { SingleReader = true }
    );
    private readonly Task _writing;

    /// <summary>Logs to standard output.</summary>
    public LineLogger(TimeProvider clock)
        : this(clock, Console.OpenStandardOutput()) { }

    /// <summary>Logs to a stream.</summary>
    /// <param name="clock">The clock of the lines.</param>
    /// <param name="output">Where they are written.</param>
    public LineLogger(TimeProvider clock, Stream output)
    {
        (_clock, _output) = (clock, output);
        _writing = Task.Run(WriteAsync);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        var level = logLevel switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error or LogLevel.Critical => "error: ",
            _ => "",
        };
        var details = exception is null ? "" : $"{exception}{Environment.NewLine}";
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{_clock.GetLocalNow():HH:mm:ss}  {level}{formatter(state, exception)}{Environment.NewLine}{details}"
        );
        while (!_lines.Writer.TryWrite(line))
        {
            // Nothing is dropped: the caller waits while nobody reads the output, as for any console program.
            if (!_lines.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                return;
            }
        }
    }

    /// <summary>Writes the lines that are still waiting.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writing.Wait(LastLinesLimit);
    }

    private async Task WriteAsync()
    {
        StringBuilder batch = new();
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (batch.Length < MaxBatchLength && _lines.Reader.TryRead(out var line))
            {
                batch.Append(line);
            }

            try
            {
                await _output.WriteAsync(Console.OutputEncoding.GetBytes(batch.ToString()));
            }
            catch (IOException)
            {
                // Nobody can read it any more.
            }

            batch.Clear();
        }
    }
}
