namespace ServiceBusEmulator.Amqp;

/// <summary>The kinds of nodes that links attach to.</summary>
internal enum NodeKind
{
    /// <summary>A queue, topic, subscription or dead-letter queue.</summary>
    Entity = 0,

    /// <summary>The management of an entity (<c>$management</c>).</summary>
    Management,

    /// <summary>Authentication tokens (<c>$cbs</c>).</summary>
    Tokens,
}
