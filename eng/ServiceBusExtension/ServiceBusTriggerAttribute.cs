using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function for each message of a queue or of a subscription.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ServiceBusTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Messages of a queue.</summary>
    public ServiceBusTriggerAttribute(string queueName) => QueueName = queueName;

    /// <summary>Messages of a subscription of a topic.</summary>
    public ServiceBusTriggerAttribute(string topicName, string subscriptionName) =>
        (TopicName, SubscriptionName) = (topicName, subscriptionName);

    /// <summary>The queue; a name in percent signs is the name of a setting.</summary>
    public string? QueueName { get; }

    /// <summary>The topic; a name in percent signs is the name of a setting.</summary>
    public string? TopicName { get; }

    /// <summary>The subscription; a name in percent signs is the name of a setting.</summary>
    public string? SubscriptionName { get; }

    /// <summary>The prefix of the connection settings.</summary>
    public string? Connection { get; set; }

    /// <summary>Whether the function receives batches of messages.</summary>
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    /// <summary>Whether the host completes the message after the function has ended.</summary>
    public bool AutoCompleteMessages { get; set; }
}
