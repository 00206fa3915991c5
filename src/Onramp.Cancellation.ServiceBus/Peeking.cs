using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Looks at messages without taking them from anybody: locked and scheduled ones are seen too. One that the client
/// cannot decode makes it throw away the whole page; here it is skipped.
/// </summary>
public static class Peeking
{
    // Service Bus hands out no more at once.
    internal const int PageSize = 250;

    // Sequence numbers mostly follow one another: so many are tried one by one before the steps grow.
    private const int SingleSteps = 100;

    /// <summary>Every message from a sequence number on, in its order.</summary>
    /// <param name="receiver">The queue or subscription.</param>
    /// <param name="from">The sequence number. Default 1, the lowest there is.</param>
    /// <param name="unreadable">
    /// Gets where messages are that cannot be decoded; null for nobody who wants to know.
    /// </param>
    /// <param name="cancellationToken">Stops looking.</param>
    public static async IAsyncEnumerable<ServiceBusReceivedMessage> PeekAllAsync(
        this ServiceBusReceiver receiver,
        long from = 1,
        ICollection<UnreadableNumbers>? unreadable = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        for (long? next = from; next is not null; )
        {
            var page = await receiver.PeekPageAsync(next.Value, cancellationToken);
            foreach (var message in page.Messages)
            {
                yield return message;
            }

            if (page.Unreadable is { } numbers)
            {
                unreadable?.Add(numbers);
            }

            next = page.Next;
        }
    }

    /// <summary>The first message from a sequence number on that can be decoded; null for none.</summary>
    public static async Task<ServiceBusReceivedMessage?> PeekFirstAsync(
        this ServiceBusReceiver receiver,
        long from,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await receiver.PeekMessageAsync(from, cancellationToken);
        }
        catch (Exception exception) when (IsUndecodable(exception))
        {
            return await receiver
                .PeekAllAsync(from, cancellationToken: cancellationToken)
                .FirstOrDefaultAsync(cancellationToken);
        }
    }

    /// <summary>The message of a sequence number; null when there is none, or one that cannot be decoded.</summary>
    public static async Task<ServiceBusReceivedMessage?> PeekOneAsync(
        this ServiceBusReceiver receiver,
        long sequenceNumber,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return
                await receiver.PeekMessageAsync(sequenceNumber, cancellationToken) is { } message
                && message.SequenceNumber == sequenceNumber
                ? message
                : null;
        }
        catch (Exception exception) when (IsUndecodable(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the client throws this because it cannot decode a message: one with a map as a property, for example, or
    /// with a broken URI.
    /// </summary>
    public static bool IsUndecodable(Exception exception) =>
        exception
            is SerializationException
                or InvalidCastException
                or FormatException
                or ArgumentException
                or NotSupportedException;

    /// <summary>The next messages from a sequence number on; an undecodable message ends a page early.</summary>
    internal static async Task<MessagePage> PeekPageAsync(
        this ServiceBusReceiver receiver,
        long from,
        CancellationToken cancellationToken
    )
    {
        for (var count = PageSize; count > 0; count /= 2)
        {
            try
            {
                var messages = await receiver.PeekMessagesAsync(count, from, cancellationToken);
                return new MessagePage(
                    messages,
                    messages.Count == 0 ? null : messages[^1].SequenceNumber + 1,
                    Unreadable: null
                );
            }
            catch (Exception exception) when (IsUndecodable(exception))
            {
                // One of so many cannot be decoded.
            }
        }

        var last = await FindLastUndecodableAsync(receiver, from, cancellationToken);
        return new MessagePage([], last + 1, new UnreadableNumbers(from, last));
    }

    /// <summary>The last sequence number from which peeking fails, before it works again.</summary>
    private static async Task<long> FindLastUndecodableAsync(
        ServiceBusReceiver receiver,
        long from,
        CancellationToken cancellationToken
    )
    {
        var (fails, works, step) = (from, from, 1L);
        for (var tries = 1; ; tries++)
        {
            works = fails + step;
            if (!await FailsAsync(works))
            {
                break;
            }

            (fails, step) = (works, tries < SingleSteps ? 1 : step * 2);
        }

        while (works - fails > 1)
        {
            var middle = fails + ((works - fails) / 2);
            (fails, works) = await FailsAsync(middle) ? (middle, works) : (fails, middle);
        }

        return fails;

        async Task<bool> FailsAsync(long number)
        {
            try
            {
                await receiver.PeekMessageAsync(number, cancellationToken);
                return false;
            }
            catch (Exception exception) when (IsUndecodable(exception))
            {
                return true;
            }
        }
    }
}

/// <summary>Messages that were peeked together.</summary>
/// <param name="Messages">The messages, in the order of their numbers.</param>
/// <param name="Next">From where to go on; null at the end.</param>
/// <param name="Unreadable">Where messages are that come next and cannot be decoded; null for nowhere.</param>
internal readonly record struct MessagePage(
    IReadOnlyList<ServiceBusReceivedMessage> Messages,
    long? Next,
    UnreadableNumbers? Unreadable
);

/// <summary>
/// Sequence numbers among which there are only messages that the client cannot decode. The client does not tell their
/// numbers: the last one is certain.
/// </summary>
/// <param name="First">The first number.</param>
/// <param name="Last">The last number.</param>
public readonly record struct UnreadableNumbers(long First, long Last)
{
    /// <inheritdoc/>
    public override string ToString() =>
        First == Last
            ? string.Create(CultureInfo.InvariantCulture, $"{Last}")
            : string.Create(CultureInfo.InvariantCulture, $"{First} to {Last}");
}
