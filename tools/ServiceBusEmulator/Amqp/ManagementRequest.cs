using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>A management operation that a client wants of an entity.</summary>
/// <param name="Queue">The queue, the subscription or the topic's inbox.</param>
/// <param name="Destination">The same for sending; null for what nothing can be sent to.</param>
/// <param name="Body">What the client said.</param>
internal sealed record ManagementRequest(MessageQueue Queue, Destination? Destination, AmqpMap Body)
{
    /// <summary>Told of every message that the destination has taken.</summary>
    public required Action<string> OnTaken { get; init; }

    /// <summary>A value that the operation needs.</summary>
    /// <exception cref="AmqpException">It is missing, or of another type.</exception>
    public T Required<T>(string name) =>
        Body[new MapKey(name)] is T value
            ? value
            : throw AmqpErrors.Argument($"'{name}' is missing, or is not of the type that Service Bus has for it.");

    /// <summary>A value that may be missing.</summary>
    public T? Optional<T>(string name) => Body[new MapKey(name)] is T value ? value : default;
}
