namespace ServiceBusEmulator.Broker;

/// <summary>What can go wrong when a client sends or receives a message.</summary>
public enum OperationFault
{
    /// <summary>A queue rejects the message, as when it is full.</summary>
    QueueRefusal = 0,

    /// <summary>A queue stores the message but reports an error.</summary>
    QueueAnswerLost,

    /// <summary>A topic rejects the message, as when it is full.</summary>
    TopicRefusal,

    /// <summary>A topic stores the message but reports an error.</summary>
    TopicAnswerLost,

    /// <summary>The client's connection is dropped after its message was stored or delivered.</summary>
    ConnectionDropped,

    /// <summary>The same for the AMQP link alone.</summary>
    LinkDetached,
}
