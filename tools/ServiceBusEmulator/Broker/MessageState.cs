namespace ServiceBusEmulator.Broker;

/// <summary>The state of a message in its queue.</summary>
public enum MessageState
{
    /// <summary>Can be received.</summary>
    Ready = 0,

    /// <summary>Held by a receiver.</summary>
    Locked,

    /// <summary>Deferred by a receiver; returned only by its sequence number.</summary>
    Deferred,

    /// <summary>Not visible before its scheduled time.</summary>
    Scheduled,
}
