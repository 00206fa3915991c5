namespace OnrampFunctions.LocalHost.Faults;

/// <summary>What of the broker the service uses.</summary>
internal enum BrokerPart
{
    /// <summary>The queue of cancel requests: sending, scheduling, finding and taking back.</summary>
    Queue,

    /// <summary>The topic of outcome events.</summary>
    Topic,
}
