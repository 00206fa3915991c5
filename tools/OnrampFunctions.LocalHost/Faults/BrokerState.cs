namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// How the queue or the topic answers senders while it is in this state, besides faults by rate. Receivers are not
/// affected. In JSON: <c>ok</c>, <c>refuse</c>, <c>hang</c>.
/// </summary>
public enum BrokerState
{
    /// <summary>It accepts everything.</summary>
    Ok = 0,

    /// <summary>It refuses everything, as when it is full.</summary>
    Refuse,

    /// <summary>It never answers: the operation ends when its caller gives up.</summary>
    Hang,
}
