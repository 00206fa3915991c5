using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Records the log of the service.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<(string Text, TaskCompletionSource Seen)> _awaited = new();

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Waits for a line with the text.</summary>
    public Task WhenAsync(string text)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Enqueue((text, seen));
        foreach (var line in _lines)
        {
            Tell(line);
        }

        return seen.Task.WaitAsync(RunningHost.Patience, RunningHost.Token);
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose() { }

    private void Add(string line)
    {
        _lines.Enqueue(line);
        Tell(line);
    }

    private void Tell(string line)
    {
        foreach (var (text, seen) in _awaited)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }
    }

    private sealed class Recorder(LogRecorder log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
