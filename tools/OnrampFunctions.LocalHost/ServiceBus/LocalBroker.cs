using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.LocalHost.ServiceBus;

/// <summary>
/// The emulated Service Bus namespace: the queue and topic of the service, and the entities of a configuration file.
/// </summary>
public sealed class LocalBroker : IDisposable
{
    /// <summary>The subscription that exists from the start and receives every outcome.</summary>
    public const string LocalSubscription = "local";

    /// <summary>Creates the configured entities, and those of the service where they are not among them.</summary>
    /// <param name="configured">The entities of a configuration file.</param>
    /// <param name="queueName">The queue of cancel requests.</param>
    /// <param name="topicName">The topic of outcome events.</param>
    /// <param name="settings">The settings of the service's own entities.</param>
    /// <param name="clock">The time of locks, schedules, expiry and duplicate detection.</param>
    /// <param name="faults">What goes wrong on purpose.</param>
    internal LocalBroker(
        BrokerEntities configured,
        string queueName,
        string topicName,
        QueueSettings settings,
        TimeProvider clock,
        FaultInjector faults
    )
    {
        Entities = new MessageBroker(Add(configured, queueName, topicName, settings), clock, faults);
        Requests = Entities.Queues.First(queue => IsSame(queue.Name, queueName));
        Results = Entities.Topics.First(topic => IsSame(topic.Name, topicName));
        Local = Results.Subscribe(LocalSubscription);
    }

    /// <summary>All queues and topics.</summary>
    public MessageBroker Entities { get; }

    /// <summary>The queue of cancel requests.</summary>
    public MessageQueue Requests { get; }

    /// <summary>The topic of outcome events.</summary>
    public MessageTopic Results { get; }

    /// <summary>The subscription <see cref="LocalSubscription"/>.</summary>
    public MessageQueue Local { get; }

    /// <inheritdoc cref="MessageBroker.TryFind"/>
    public bool TryFind(string path, [NotNullWhen(true)] out MessageQueue? queue) => Entities.TryFind(path, out queue);

    public void Dispose() => Entities.Dispose();

    private static BrokerEntities Add(
        BrokerEntities configured,
        string queueName,
        string topicName,
        QueueSettings settings
    )
    {
        var hasQueue = configured.Queues.Any(queue => IsSame(queue.Name, queueName));
        var topic =
            configured.Topics.FirstOrDefault(topic => IsSame(topic.Name, topicName))
            ?? new TopicDescription(topicName, settings, []);
        var hasLocal = topic.Subscriptions.Any(subscription => IsSame(subscription.Name, LocalSubscription));
        SubscriptionDescription local = new(LocalSubscription, settings, Filters: null);
        return configured with
        {
            Queues = hasQueue ? configured.Queues : [.. configured.Queues, new QueueDescription(queueName, settings)],
            Topics =
            [
                .. configured.Topics.Where(other => other != topic),
                hasLocal ? topic : topic with { Subscriptions = [.. topic.Subscriptions, local] },
            ],
        };
    }

    private static bool IsSame(string name, string other) =>
        string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
