using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.Local;

/// <summary>The namespace that stands in for Service Bus: one queue of cancel requests and one topic of outcome events.</summary>
public sealed class MessageBroker : IDisposable
{
    /// <summary>The subscription that exists from the start and receives everything.</summary>
    public const string LocalSubscription = "local";

    internal const string DeadLetterSuffix = "/$DeadLetterQueue";

    /// <summary>Makes the queue, the topic and its subscription <see cref="LocalSubscription"/>; only the queue redelivers and loses locks on purpose.</summary>
    public MessageBroker(string queueName, string topicName, QueueSettings settings, TimeProvider clock, Faults faults)
    {
        MessageQueue deadLetters = new(queueName + DeadLetterSuffix, settings.OfSubqueue(), clock);
        Requests = new MessageQueue(queueName, settings, clock, deadLetters, faults);
        Results = new MessageTopic(topicName, settings, clock);
        Local = Results.Subscribe(LocalSubscription);
    }

    /// <summary>The queue of cancel requests.</summary>
    public MessageQueue Requests { get; }

    /// <summary>The topic of outcome events.</summary>
    public MessageTopic Results { get; }

    /// <summary>The subscription <see cref="LocalSubscription"/>.</summary>
    public MessageQueue Local { get; }

    /// <summary>Finds what can be received from by its path, in any case, as Service Bus does; false when nothing has that path.</summary>
    public bool TryFind(string path, [NotNullWhen(true)] out MessageQueue? queue)
    {
        queue = Receivable().FirstOrDefault(candidate => string.Equals(candidate.Name, path, StringComparison.OrdinalIgnoreCase));
        return queue is not null;
    }

    public void Dispose()
    {
        Requests.Dispose();
        Results.Dispose();
    }

    private IEnumerable<MessageQueue> Receivable()
    {
        foreach (var queue in Results.Subscriptions.Prepend(Requests))
        {
            yield return queue;
            yield return queue.DeadLetters!;
        }
    }
}
