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
    /// <param name="recordsName">The subscription from which outcomes are recorded.</param>
    /// <param name="settings">The settings of the service's own entities.</param>
    /// <param name="clock">The time of locks, schedules, expiry and duplicate detection.</param>
    /// <param name="faults">What goes wrong on purpose.</param>
    internal LocalBroker(
        BrokerEntities configured,
        string queueName,
        string topicName,
        string recordsName,
        QueueSettings settings,
        TimeProvider clock,
        FaultInjector faults
    )
    {
        Entities = new MessageBroker(Add(configured, queueName, topicName, recordsName, settings), clock, faults);
        Requests = Entities.Queues.First(queue => IsSame(queue.Name, queueName));
        Results = Entities.Topics.First(topic => IsSame(topic.Name, topicName));
        Local = Results.Subscribe(LocalSubscription);
        RecordsSubscription = recordsName;
        Records = Results.Subscribe(recordsName);
    }

    /// <summary>All queues and topics.</summary>
    public MessageBroker Entities { get; }

    /// <summary>The queue of cancel requests.</summary>
    public MessageQueue Requests { get; }

    /// <summary>The topic of outcome events.</summary>
    public MessageTopic Results { get; }

    /// <summary>The subscription <see cref="LocalSubscription"/>.</summary>
    public MessageQueue Local { get; }

    /// <summary>The name of the subscription <see cref="Records"/>.</summary>
    public string RecordsSubscription { get; }

    /// <summary>The subscription from which outcomes are recorded, by this host or by the Functions app.</summary>
    public MessageQueue Records { get; }

    /// <inheritdoc cref="MessageBroker.TryFind"/>
    public bool TryFind(string path, [NotNullWhen(true)] out MessageQueue? queue) => Entities.TryFind(path, out queue);

    public void Dispose() => Entities.Dispose();

    private static BrokerEntities Add(
        BrokerEntities configured,
        string queueName,
        string topicName,
        string recordsName,
        QueueSettings settings
    )
    {
        var hasQueue = configured.Queues.Any(queue => IsSame(queue.Name, queueName));
        var topic =
            configured.Topics.FirstOrDefault(topic => IsSame(topic.Name, topicName))
            ?? new TopicDescription(topicName, settings, []);
        SubscriptionDescription[] own =
        [
            new(LocalSubscription, settings, Filters: null),
            new(recordsName, OfRecords(settings), Filters: null),
        ];
        return configured with
        {
            Queues = hasQueue ? configured.Queues : [.. configured.Queues, new QueueDescription(queueName, settings)],
            Topics =
            [
                .. configured.Topics.Where(other => other != topic),
                topic with
                {
                    Subscriptions =
                    [
                        .. topic.Subscriptions,
                        .. own.Where(added => !topic.Subscriptions.Any(known => IsSame(known.Name, added.Name))),
                    ],
                },
            ],
        };
    }

    /// <summary>
    /// As in Azure. This subscription always has a reader, so nothing is dropped while the reader waits.
    /// </summary>
    private static QueueSettings OfRecords(QueueSettings settings) =>
        settings with
        {
            MaxDeliveryCount = 2000,
            DeadLetterExpired = false,
            KeptMessages = Math.Max(settings.KeptMessages, settings.Capacity),
        };

    private static bool IsSame(string name, string other) =>
        string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
