using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Reliability;

/// <summary>
/// Keeps every line of the service log, counts its events, and records errors caused by bugs, of which there must be
/// none.
/// </summary>
internal sealed class ServiceLog(RecordedTexts sayings) : ILoggerProvider, ILogger
{
    private static readonly FrozenDictionary<int, string> Names = new Dictionary<int, string>
    {
        [102] = "read a new pair from the vault",
        [103] = "kept the old pair, the vault was down",
        [201] = "opened the circuit",
        [202] = "closed the circuit",
        [211] = "got no answer from the provider",
        [212] = "corrected its clock",
        [302] = "could not publish",
        [401] = "dead-lettered an invalid message",
        [403] = "could not schedule a further delivery",
        [404] = "scheduled a further delivery",
        [602] = "could not put on the queue",
        [701] = "could not settle",
        [702] = "could not read the queue",
    }.ToFrozenDictionary();

    /// <summary>Number of log lines by event.</summary>
    public ConcurrentDictionary<string, long> Counts { get; } = [];

    /// <summary>Log lines about requests and messages that failed because of a bug.</summary>
    public ConcurrentQueue<string> ProgramFaults { get; } = [];

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
        var line = formatter(state, exception);
        sayings.AddLine(line, exception);
        if (eventId.Id is 402 or 601)
        {
            ProgramFaults.Enqueue($"{line}: {exception}");
        }
        else if (Names.TryGetValue(eventId.Id, out var name))
        {
            Counts.AddOrUpdate(name, 1, static (_, count) => count + 1);
        }
    }

    public void Dispose()
    {
        // There is nothing to dispose.
    }
}
