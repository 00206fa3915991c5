namespace ServiceBusEmulator.Broker;

/// <summary>
/// A topic: what is published goes to every subscription whose filters let it through, once per message id.
/// </summary>
public sealed class MessageTopic : IDisposable
{
    private readonly Lock _gate = new();
    private readonly QueueSettings _settings;
    private readonly TimeProvider _clock;
    private volatile (MessageQueue Queue, IReadOnlyList<CorrelationFilter>? Filters)[] _subscriptions = [];

    public MessageTopic(string name, QueueSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        Inbox = new MessageQueue(name, settings, clock) { IsTopic = true, Forward = Distribute };
    }

    public string Name => Inbox.Name;

    public IReadOnlyList<MessageQueue> Subscriptions => [.. _subscriptions.Select(subscription => subscription.Queue)];

    /// <summary>
    /// Tells of every message that goes to the subscriptions. The topic is held meanwhile: whoever listens is quick and
    /// does not call back.
    /// </summary>
    public event Action<BrokerMessage>? Distributed;

    /// <summary>Where publishers send, and schedule: a queue that keeps nothing but what is scheduled.</summary>
    internal MessageQueue Inbox { get; }

    /// <summary>
    /// Sends a message to every subscription; false when duplicate detection dropped it, which a publisher over the
    /// wire does not learn.
    /// </summary>
    public bool Publish(BrokerMessage message) => Inbox.Send(message);

    /// <summary>Adds a subscription that receives everything from now on, or answers the one of that name.</summary>
    public MessageQueue Subscribe(string name) => Subscribe(name, _settings, filters: null);

    /// <summary>
    /// Adds a subscription that receives from now on what one of the filters lets through, or answers the one of that
    /// name.
    /// </summary>
    /// <param name="name">Its name within the topic.</param>
    /// <param name="settings">How it behaves; the topic has dropped duplicates already.</param>
    /// <param name="filters">What it is for; null for everything.</param>
    internal MessageQueue Subscribe(string name, QueueSettings settings, IReadOnlyList<CorrelationFilter>? filters)
    {
        var path = $"{Name}/subscriptions/{name}";
        lock (_gate)
        {
            var existing = Array.Find(
                _subscriptions,
                subscription => string.Equals(subscription.Queue.Name, path, StringComparison.OrdinalIgnoreCase)
            );
            if (existing.Queue is { } known)
            {
                return known;
            }

            MessageQueue deadLetters = new(path + MessageBroker.DeadLetterSuffix, settings.OfDeadLetters(), _clock);
            MessageQueue added = new(path, settings.OfSubqueue(), _clock, deadLetters);
            _subscriptions = [.. _subscriptions, (added, filters)];
            return added;
        }
    }

    public void Dispose()
    {
        Inbox.Dispose();
        foreach (var (queue, _) in _subscriptions)
        {
            queue.Dispose();
        }
    }

    // The inbox is held meanwhile, so that every subscription gets everything in the same order.
    private void Distribute(BrokerMessage message)
    {
        Distributed?.Invoke(message);
        foreach (var (queue, filters) in _subscriptions)
        {
            if (filters is null || filters.Any(filter => filter.LetsThrough(message)))
            {
                queue.Send(message);
            }
        }
    }
}
