namespace OnrampFunctions.LocalHost.Faults;

/// <summary>The entities that the service uses.</summary>
internal enum BrokerPart
{
    /// <summary>The queue of cancel requests: sending, scheduling, peeking and cancelling.</summary>
    Queue,

    /// <summary>The topic of outcome events.</summary>
    Topic,
}
