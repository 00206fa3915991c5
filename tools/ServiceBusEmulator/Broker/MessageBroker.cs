using System.Diagnostics.CodeAnalysis;

namespace ServiceBusEmulator.Broker;

/// <summary>The queues and topics of one emulated Service Bus namespace, in memory.</summary>
public sealed class MessageBroker : IDisposable
{
    internal const string DeadLetterSuffix = "/$DeadLetterQueue";

    private readonly List<MessageQueue> _queues;
    private readonly List<MessageTopic> _topics;

    /// <summary>Creates the entities, all of them empty.</summary>
    /// <param name="entities">The queues, topics and forwards.</param>
    /// <param name="clock">The time of locks, schedules, expiry and duplicate detection.</param>
    /// <param name="faults">What goes wrong on purpose in queues; null for nothing.</param>
    public MessageBroker(BrokerEntities entities, TimeProvider clock, IBrokerFaults? faults = null)
    {
        _queues = [.. entities.Queues.Select(queue => Create(queue, clock, faults))];
        _topics = [.. entities.Topics.Select(topic => Create(topic, clock))];
        foreach (var (from, to) in entities.Forwards)
        {
            Receivable().First(queue => IsNamed(queue, from)).Forward = TryFindDestination(to, out var destination)
                ? message => destination.Send(message)
                : null;
        }
    }

    public IReadOnlyList<MessageQueue> Queues => _queues;

    public IReadOnlyList<MessageTopic> Topics => _topics;

    /// <summary>
    /// Finds the queue, subscription or dead-letter queue with a path; as in Service Bus, case is ignored.
    /// </summary>
    public bool TryFind(string path, [NotNullWhen(true)] out MessageQueue? queue)
    {
        queue = Receivable().FirstOrDefault(candidate => IsNamed(candidate, path));
        return queue is not null;
    }

    /// <summary>Finds the queue, or the inbox of the topic, with a path; case is ignored.</summary>
    internal bool TryFindDestination(string path, [NotNullWhen(true)] out MessageQueue? queue)
    {
        queue = _queues
            .Concat(_topics.Select(topic => topic.Inbox))
            .FirstOrDefault(candidate => IsNamed(candidate, path));
        return queue is not null;
    }

    public void Dispose()
    {
        _queues.ForEach(queue => queue.Dispose());
        _topics.ForEach(topic => topic.Dispose());
    }

    private static MessageQueue Create(QueueDescription queue, TimeProvider clock, IBrokerFaults? faults)
    {
        MessageQueue deadLetters = new(queue.Name + DeadLetterSuffix, queue.Settings.OfDeadLetters(), clock);
        return new MessageQueue(queue.Name, queue.Settings, clock, deadLetters, faults);
    }

    private static MessageTopic Create(TopicDescription description, TimeProvider clock)
    {
        MessageTopic topic = new(description.Name, description.Settings, clock);
        foreach (var subscription in description.Subscriptions)
        {
            topic.Subscribe(subscription.Name, subscription.Settings, subscription.Filters);
        }

        return topic;
    }

    private static bool IsNamed(MessageQueue queue, string path) =>
        string.Equals(queue.Name, path, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<MessageQueue> Receivable()
    {
        foreach (var queue in _queues.Concat(_topics.SelectMany(topic => topic.Subscriptions)))
        {
            yield return queue;
            yield return queue.DeadLetters!;
        }
    }
}
