using System.Collections.Concurrent;

namespace Reliability;

/// <summary>
/// Records events with their times. Broker and provider must not be delayed, so their events are processed later.
/// </summary>
internal sealed class RunHistory
{
    private readonly RunClock _time;
    private readonly long _started;
    private readonly ConcurrentQueue<(TimeSpan At, BrokerMessage Message)> _accepted = [];
    private readonly ConcurrentQueue<(TimeSpan At, ProviderCall Call)> _calls = [];
    private readonly ConcurrentQueue<(TimeSpan At, SignedHeaders Headers)> _received = [];

    public RunHistory(LocalApp host, RunClock time)
    {
        _time = time;
        _started = time.GetTimestamp();
        host.Broker.Requests.Accepted += message => _accepted.Enqueue((Now, message));
        host.Simulator.Called += call => _calls.Enqueue((Now, call));
        host.Simulator.Received += headers => _received.Enqueue((Now, headers));
    }

    public TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>Whether the wall clock was set forward between two instants.</summary>
    public bool IsSetForward(TimeSpan from, TimeSpan to) =>
        _time.Jumps.Select(jump => _time.GetElapsedTime(_started, jump)).Any(jump => jump >= from && jump <= to);

    /// <summary>Everything sent to the provider.</summary>
    public IEnumerable<(TimeSpan At, SignedHeaders Headers)> Received => _received;

    public void Add(Record record, string what) => record.Happened(Now, what);

    /// <summary>Messages that the queue accepted since the last call.</summary>
    public IEnumerable<(TimeSpan At, BrokerMessage Message)> TakeAccepted() => Take(_accepted);

    /// <summary>Calls that the provider received since the last call.</summary>
    public IEnumerable<(TimeSpan At, ProviderCall Call)> TakeCalls() => Take(_calls);

    private static IEnumerable<T> Take<T>(ConcurrentQueue<T> queue)
    {
        while (queue.TryDequeue(out var item))
        {
            yield return item;
        }
    }
}
