using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Peeks messages, including locked and scheduled ones. The client drops a whole page if it cannot decode one of its
/// messages; these methods skip only that message.
/// </summary>
public static class PeekExtensions
{
    // The most that Service Bus returns at once.
    internal const int PageSize = 250;

    // Sequence numbers of a partition are mostly consecutive: this many are tried one by one before the steps grow.
    private const int SingleSteps = 100;

    /// <summary>Returns every message from a sequence number on, ordered by sequence number.</summary>
    /// <param name="receiver">The queue or subscription.</param>
    /// <param name="from">The sequence number. Default 1, the lowest one.</param>
    /// <param name="unreadable">Receives the sequence numbers of messages that cannot be decoded.</param>
    /// <param name="cancellationToken">Stops peeking.</param>
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

    /// <summary>
    /// Returns the first message from a sequence number on that can be decoded; null if there is none.
    /// </summary>
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

    /// <summary>
    /// Returns the message with a sequence number; null if there is none, or if it cannot be decoded.
    /// </summary>
    public static async Task<ServiceBusReceivedMessage?> PeekOneAsync(
        this ServiceBusReceiver receiver,
        long sequenceNumber,
        CancellationToken cancellationToken
    )
    {
        try
        {
            // Peeking returns the first message from that number on.
            var message = await receiver.PeekMessageAsync(sequenceNumber, cancellationToken);
            return message?.SequenceNumber == sequenceNumber ? message : null;
        }
        catch (Exception exception) when (IsUndecodable(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the client throws this exception when it cannot decode a message, for example one with a map as a
    /// property or with a malformed URI.
    /// </summary>
    public static bool IsUndecodable(Exception exception) =>
        exception
            is SerializationException
                or InvalidCastException
                or FormatException
                or ArgumentException
                or NotSupportedException;

    /// <summary>
    /// Returns the next messages from a sequence number on; a page ends before an undecodable message.
    /// </summary>
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
                // One of the messages cannot be decoded: tries fewer.
            }
        }

        var last = await FindLastUndecodableAsync(receiver, from, cancellationToken);
        return new MessagePage([], last + 1, new UnreadableNumbers(from, last));
    }

    /// <summary>Returns the last sequence number at which peeking fails before it works again.</summary>
    private static async Task<long> FindLastUndecodableAsync(
        ServiceBusReceiver receiver,
        long from,
        CancellationToken cancellationToken
    )
    {
        var (fails, works, step, tries) = (from, from, 1L, 0);
        while (true)
        {
            // The message can be the first of the next partition, so growing steps end there and begin again.
            var last = QueuePartition.LastNumber(QueuePartition.Of(fails));
            works = step > last - fails ? last + 1 : fails + step;
            if (works > last)
            {
                (step, tries) = (1, 0);
            }

            if (!await FailsAsync(works))
            {
                break;
            }

            fails = works;
            step = ++tries < SingleSteps ? 1 : step * 2;
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

/// <summary>A page of peeked messages.</summary>
/// <param name="Messages">The messages, ordered by sequence number.</param>
/// <param name="Next">The sequence number at which the next page starts; null at the end.</param>
/// <param name="Unreadable">The sequence numbers of undecodable messages that follow; null if there are none.</param>
internal readonly record struct MessagePage(
    IReadOnlyList<ServiceBusReceivedMessage> Messages,
    long? Next,
    UnreadableNumbers? Unreadable
);

/// <summary>
/// A range of sequence numbers that has only undecodable messages. The client does not report their numbers; only the
/// last one is certain.
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
