using System.Collections.Concurrent;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>Writes down when what happened. Broker and provider must not be held up, so what they tell is sorted out afterwards.</summary>
internal sealed class Chronicle(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly ConcurrentQueue<(TimeSpan At, BrokerMessage Message)> _accepted = [];
    private readonly ConcurrentQueue<(TimeSpan At, ProviderCall Call)> _calls = [];

    public TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Messages that the queue took.</summary>
    public IEnumerable<(TimeSpan At, BrokerMessage Message)> Accepted => _accepted;

    /// <summary>Calls that the provider got.</summary>
    public IEnumerable<(TimeSpan At, ProviderCall Call)> Calls => _calls;

    public void Follow(LocalHost host)
    {
        host.Broker.Requests.Accepted += message => _accepted.Enqueue((Now, message));
        host.Simulator.Called += call => _calls.Enqueue((Now, call));
    }

    public void Add(Record record, string what) => record.Happened(Now, what);
}
