using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.LocalHost.Broker;

/// <summary>
/// The namespace that stands in for Service Bus: the queue of cancel requests, the topic of outcome events, and
/// whatever else was asked for.
/// </summary>
public sealed class MessageBroker : IDisposable
{
    /// <summary>The subscription that exists from the start and receives everything.</summary>
    public const string LocalSubscription = "local";

    internal const string DeadLetterSuffix = "/$DeadLetterQueue";

    private readonly List<MessageQueue> _queues;
    private readonly List<MessageTopic> _topics;

    /// <summary>
    /// Makes the queue, the topic and its subscription <see cref="LocalSubscription"/>; only queues redeliver and lose
    /// locks on purpose.
    /// </summary>
    public MessageBroker(
        string queueName,
        string topicName,
        QueueSettings settings,
        TimeProvider clock,
        FaultInjector faults
    )
        : this(BrokerEntities.None, queueName, topicName, settings, clock, faults) { }

    /// <summary>
    /// Makes these entities, and the queue, the topic and its subscription besides where they are not among them.
    /// </summary>
    internal MessageBroker(
        BrokerEntities entities,
        string queueName,
        string topicName,
        QueueSettings settings,
        TimeProvider clock,
        FaultInjector faults
    )
    {
        _queues = [.. entities.Queues.Select(queue => Queue(queue.Name, queue.Settings))];
        _topics = [.. entities.Topics.Select(topic => Topic(topic, clock))];
        Requests = Find(_queues, queueName, queue => queue.Name) ?? Add(_queues, Queue(queueName, settings));
        Results =
            Find(_topics, topicName, topic => topic.Name) ?? Add(_topics, new MessageTopic(topicName, settings, clock));
        Local = Results.Subscribe(LocalSubscription, settings, filters: null);
        foreach (var (from, to) in entities.Forwards)
        {
            Receivable().First(queue => Is(queue.Name, from)).Forward = TryFindDestination(to, out var destination)
                ? message => destination.Send(message)
                : null;
        }

        MessageQueue Queue(string name, QueueSettings own) =>
            new(name, own, clock, new MessageQueue(name + DeadLetterSuffix, own.OfDeadLetters(), clock), faults);
    }

    /// <summary>The queue of cancel requests.</summary>
    public MessageQueue Requests { get; }

    /// <summary>The topic of outcome events.</summary>
    public MessageTopic Results { get; }

    /// <summary>The subscription <see cref="LocalSubscription"/>.</summary>
    public MessageQueue Local { get; }

    /// <summary>
    /// Finds what can be received from by its path, in any case, as Service Bus does; false when nothing has that path.
    /// </summary>
    public bool TryFind(string path, [NotNullWhen(true)] out MessageQueue? queue)
    {
        queue = Find(Receivable(), path, candidate => candidate.Name);
        return queue is not null;
    }

    /// <summary>
    /// Finds the queue, or the inbox of the topic, that can be sent to; false when nothing has that path.
    /// </summary>
    internal bool TryFindDestination(string path, [NotNullWhen(true)] out MessageQueue? queue)
    {
        queue = Find(_queues.Concat(_topics.Select(topic => topic.Inbox)), path, candidate => candidate.Name);
        return queue is not null;
    }

    public void Dispose()
    {
        _queues.ForEach(queue => queue.Dispose());
        _topics.ForEach(topic => topic.Dispose());
    }

    private static MessageTopic Topic(TopicDescription description, TimeProvider clock)
    {
        MessageTopic topic = new(description.Name, description.Settings, clock);
        foreach (var subscription in description.Subscriptions)
        {
            topic.Subscribe(subscription.Name, subscription.Settings, subscription.Filters);
        }

        return topic;
    }

    private static bool Is(string name, string path) => string.Equals(name, path, StringComparison.OrdinalIgnoreCase);

    private static T? Find<T>(IEnumerable<T> all, string path, Func<T, string> name) =>
        all.FirstOrDefault(candidate => Is(name(candidate), path));

    private static T Add<T>(List<T> all, T added)
    {
        all.Add(added);
        return added;
    }

    private IEnumerable<MessageQueue> Receivable()
    {
        foreach (var queue in _queues.Concat(_topics.SelectMany(topic => topic.Subscriptions)))
        {
            yield return queue;
            yield return queue.DeadLetters!;
        }
    }
}
