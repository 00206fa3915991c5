namespace ServiceBusEmulator.Broker;

/// <summary>
/// A topic: a published message goes to every subscription whose filters match, once per message id.
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
    /// Raised for every message before it goes to the subscriptions, under the lock of the topic: handlers must be
    /// quick and must not call the topic.
    /// </summary>
    public event Action<BrokerMessage>? Distributed;

    /// <summary>Where publishers send and schedule: a queue that only keeps scheduled messages.</summary>
    internal MessageQueue Inbox { get; }

    /// <summary>
    /// Publishes a message; returns false when duplicate detection dropped it. Clients do not see the difference.
    /// </summary>
    public bool Publish(BrokerMessage message) => Inbox.Send(message);

    /// <inheritdoc cref="MessageQueue.ForgetIds"/>
    public void ForgetIds() => Inbox.ForgetIds();

    /// <summary>Adds a subscription that receives every message from now on, or returns the existing one.</summary>
    public MessageQueue Subscribe(string name) => Subscribe(name, _settings, filters: null);

    /// <summary>
    /// Adds a subscription that receives the messages that match one of the filters, or returns the existing one.
    /// </summary>
    /// <param name="name">Its name within the topic.</param>
    /// <param name="settings">Its settings, except duplicate detection, which is the topic's.</param>
    /// <param name="filters">Null for every message.</param>
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

    // Called under the lock of the inbox, so that all subscriptions get the messages in the same order.
    private void Distribute(BrokerMessage message)
    {
        Distributed?.Invoke(message);
        foreach (var (queue, filters) in _subscriptions)
        {
            if (filters is null || filters.Any(filter => filter.Matches(message)))
            {
                queue.Send(message);
            }
        }
    }
}
