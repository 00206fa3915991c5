using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function for each message of a queue.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ServiceBusTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue; a name in percent signs is that of a setting.</summary>
    public string? QueueName { get; } = queueName;

    /// <summary>The prefix of the settings that say how to connect.</summary>
    public string? Connection { get; set; }

    /// <summary>Whether a function takes many messages at once.</summary>
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    /// <summary>Whether the host completes a message when the function has ended.</summary>
    public bool AutoCompleteMessages { get; set; }
}
