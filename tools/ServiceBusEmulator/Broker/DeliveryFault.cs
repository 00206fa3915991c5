namespace ServiceBusEmulator.Broker;

/// <summary>What can go wrong when a queue delivers a message; subscriptions have no such faults.</summary>
public enum DeliveryFault
{
    /// <summary>A completed message is delivered again.</summary>
    Redelivery = 0,

    /// <summary>The lock is lost at once, so that two receivers process the same message.</summary>
    LockLost,
}
