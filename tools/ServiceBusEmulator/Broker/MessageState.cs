namespace ServiceBusEmulator.Broker;

/// <summary>Where in its queue a message is.</summary>
public enum MessageState
{
    /// <summary>Waiting for a receiver.</summary>
    Ready = 0,

    /// <summary>With a receiver.</summary>
    Locked,

    /// <summary>Put aside by a receiver; only who names its number gets it.</summary>
    Deferred,

    /// <summary>Waiting for its time.</summary>
    Scheduled,
}
