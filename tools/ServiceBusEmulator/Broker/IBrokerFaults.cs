namespace ServiceBusEmulator.Broker;

/// <summary>
/// Decides what goes wrong on purpose. Nothing does by default, so an implementation only declares the faults that it
/// injects. Every method is called concurrently.
/// </summary>
public interface IBrokerFaults
{
    /// <summary>
    /// Admits a client that sends to an entity, schedules or cancels messages there, or peeks at them. An operation
    /// that should hang does not complete until <paramref name="cancellationToken"/> is cancelled.
    /// </summary>
    /// <param name="entity">The name of the queue or topic.</param>
    /// <param name="cancellationToken">Cancelled when the client has disconnected.</param>
    /// <exception cref="BrokerFaultException">The operation is refused.</exception>
    Task AdmitAsync(string entity, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns whether a fault happens to an operation that clients retry.</summary>
    bool Hits(OperationFault fault, string messageId) => false;

    /// <summary>Returns whether a fault happens to a delivery of a message from a queue.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="deliveryCount">Which delivery it is; the first is 1.</param>
    bool Hits(DeliveryFault fault, string messageId, int deliveryCount) => false;
}
