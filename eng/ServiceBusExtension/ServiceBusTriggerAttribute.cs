using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function for each message of a queue.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ServiceBusTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue; a name in percent signs is the name of a setting.</summary>
    public string? QueueName { get; } = queueName;

    /// <summary>The prefix of the connection settings.</summary>
    public string? Connection { get; set; }

    /// <summary>Whether the function receives batches of messages.</summary>
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    /// <summary>Whether the host completes the message after the function has ended.</summary>
    public bool AutoCompleteMessages { get; set; }
}
