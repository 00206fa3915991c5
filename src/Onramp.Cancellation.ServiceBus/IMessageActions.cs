namespace Onramp.Cancellation.ServiceBus;

/// <summary>Settles one peek-locked message; every host has an SDK type of its own for it.</summary>
public interface IMessageActions
{
    /// <summary>Completes the message.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>Gives the message back, with some of its application properties changed.</summary>
    Task AbandonAsync(Dictionary<string, object>? properties, CancellationToken cancellationToken);

    /// <summary>Moves the message to the dead-letter queue, with some of its application properties changed.</summary>
    Task DeadLetterAsync(
        Dictionary<string, object>? properties,
        string? reason,
        string? description,
        CancellationToken cancellationToken
    );
}
