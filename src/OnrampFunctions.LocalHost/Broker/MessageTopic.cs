namespace OnrampFunctions.Local;

/// <summary>A topic: what is published goes to every subscription, once per message id.</summary>
public sealed class MessageTopic : IDisposable
{
    private readonly Lock _gate = new();
    private readonly QueueSettings _settings;
    private readonly TimeProvider _clock;
    private readonly DuplicateHistory _history;
    private volatile MessageQueue[] _subscriptions = [];

    public MessageTopic(string name, QueueSettings settings, TimeProvider clock)
    {
        Name = name;
        _settings = settings;
        _clock = clock;
        _history = new DuplicateHistory(settings.DuplicateWindow, settings.RememberedIds);
    }

    public string Name { get; }

    public IReadOnlyList<MessageQueue> Subscriptions => _subscriptions;

    /// <summary>Sends a message to every subscription; false when duplicate detection dropped it, which a publisher over the wire does not learn.</summary>
    public bool Publish(BrokerMessage message)
    {
        lock (_gate)
        {
            if (!_history.TryAdd(message.MessageId, _clock.GetUtcNow()))
            {
                return false;
            }

            foreach (var subscription in _subscriptions)
            {
                subscription.Send(message);
            }

            return true;
        }
    }

    /// <summary>Adds a subscription that receives everything from now on, or answers the one of that name.</summary>
    public MessageQueue Subscribe(string name)
    {
        var path = $"{Name}/subscriptions/{name}";
        lock (_gate)
        {
            var existing = Array.Find(_subscriptions, subscription => string.Equals(subscription.Name, path, StringComparison.OrdinalIgnoreCase));
            if (existing is not null)
            {
                return existing;
            }

            var own = _settings.OfSubqueue();
            MessageQueue deadLetters = new(path + MessageBroker.DeadLetterSuffix, own, _clock);
            MessageQueue added = new(path, own, _clock, deadLetters);
            _subscriptions = [.. _subscriptions, added];
            return added;
        }
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }
}
