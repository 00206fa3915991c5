using System.Collections.Concurrent;
using System.Collections.Frozen;
using FunctionsHost.Protocol;
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
        Add(eventId.Id, line, exception?.ToString());
    }

    /// <summary>
    /// Adds a line that a worker has sent to its host. Instead of the number of its event it has the name, which is
    /// unique only in its category.
    /// </summary>
    public void Add(RpcLog entry)
    {
        var line = entry.Exception is { Message: { } exception } ? $"{entry.Message}: {exception}" : entry.Message;
        sayings.AddLine(line, exception: null);
        var name = $"{entry.Category.Split('.')[^1]}.{entry.EventId}";
        if (name is "CancelMessageHandler.Broken" or "OrderApi.Failed")
        {
            ProgramFaults.Enqueue(line);
        }
        else if (entry.Level >= RpcLog.Types.Level.Warning)
        {
            Counts.AddOrUpdate(name, 1, static (_, count) => count + 1);
        }
    }

    /// <summary>Adds a line that a worker has written to the console.</summary>
    public void AddConsole(string line) => sayings.AddLine(line, exception: null);

    public void Dispose()
    {
        // There is nothing to dispose.
    }

    private void Add(int id, string line, string? exception)
    {
        if (id is 402 or 601)
        {
            ProgramFaults.Enqueue($"{line}: {exception}");
        }
        else if (Names.TryGetValue(id, out var name))
        {
            Counts.AddOrUpdate(name, 1, static (_, count) => count + 1);
        }
    }
}
