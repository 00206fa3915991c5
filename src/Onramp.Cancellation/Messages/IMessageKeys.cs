namespace Onramp.Cancellation.Messages;

/// <summary>The keys that authenticate messages.</summary>
internal interface IMessageKeys
{
    /// <summary>
    /// The valid keys. The first one signs, all of them verify. Never empty once the service has started.
    /// </summary>
    IReadOnlyList<byte[]> Current { get; }
}
