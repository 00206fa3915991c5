namespace ServiceBusEmulator.Amqp;

/// <summary>The kinds of node that a link can be attached to.</summary>
internal enum NodeKind
{
    /// <summary>A queue, topic, subscription or dead-letter queue.</summary>
    Entity = 0,

    /// <summary>Requests about one of those.</summary>
    Management,

    /// <summary>Requests to be let in (<c>$cbs</c>).</summary>
    Tokens,
}
