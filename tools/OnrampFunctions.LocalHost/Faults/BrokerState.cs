namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// How the queue or the topic meets whatever clients ask of it, for as long as it is in that state; faults by rate come
/// besides. Who receives gets on. In JSON: <c>ok</c>, <c>refuse</c>, <c>hang</c>.
/// </summary>
public enum BrokerState
{
    /// <summary>It does what it is asked.</summary>
    Ok = 0,

    /// <summary>It refuses everything, as when it is full.</summary>
    Refuse,

    /// <summary>It does nothing and never answers: the operation ends when its caller gives up.</summary>
    Hang,
}
