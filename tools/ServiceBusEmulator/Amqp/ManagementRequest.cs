using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>A management request about an entity.</summary>
/// <param name="Queue">The queue, the subscription or the inbox of the topic.</param>
/// <param name="Destination">The same as a destination; null when nothing can be sent to it.</param>
/// <param name="Body">The arguments.</param>
internal sealed record ManagementRequest(MessageQueue Queue, Destination? Destination, AmqpMap Body)
{
    /// <summary>Called for every message that the destination has stored.</summary>
    public required Action<string> OnStored { get; init; }

    /// <summary>A required argument.</summary>
    /// <exception cref="AmqpException">It is missing or has another type.</exception>
    public T Required<T>(string name) =>
        Body[new MapKey(name)] is T value
            ? value
            : throw AmqpErrors.Argument($"'{name}' is missing or has another type than in Service Bus.");

    /// <summary>An optional argument.</summary>
    public T? Optional<T>(string name) => Body[new MapKey(name)] is T value ? value : default;
}
