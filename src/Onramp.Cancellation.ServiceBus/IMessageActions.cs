namespace Onramp.Cancellation.ServiceBus;

/// <summary>Settles one peek-locked message. Each host implements it with its own SDK type.</summary>
public interface IMessageActions
{
    /// <summary>Completes the message.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>Abandons the message and changes some of its application properties.</summary>
    Task AbandonAsync(Dictionary<string, object>? properties, CancellationToken cancellationToken);

    /// <summary>Dead-letters the message and changes some of its application properties.</summary>
    Task DeadLetterAsync(
        Dictionary<string, object>? properties,
        string? reason,
        string? description,
        CancellationToken cancellationToken
    );
}
