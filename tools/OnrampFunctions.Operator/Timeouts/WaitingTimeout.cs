using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.Timeouts;

/// <summary>
/// An armed timeout on the queue. Its token, with which its caller can disarm it, is compared but never shown.
/// </summary>
internal sealed record WaitingTimeout
{
    public required long Number { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public OrderReference? Order { get; init; }

    public string? Caller { get; init; }

    public string? RequestId { get; init; }

    public string? Token { get; init; }

    /// <summary>Finds the timeouts on the queue, ordered by due time. Scheduled retries are not timeouts.</summary>
    public static async Task<List<WaitingTimeout>> FindAsync(
        ServiceBusReceiver receiver,
        TimeoutSettings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        List<WaitingTimeout> found = [];
        List<UnreadableNumbers> unreadable = [];
        await foreach (
            var message in receiver.PeekAllAsync(unreadable: unreadable, cancellationToken: cancellationToken)
        )
        {
            if (
                message.State == ServiceBusMessageState.Scheduled
                && MessageProperties.IsTimeout(message.ApplicationProperties)
            )
            {
                var timeout = Read(message);
                if (
                    (settings.Order is null || settings.Order == timeout.Order?.Value)
                    && (settings.Caller is null || settings.Caller == timeout.Caller)
                )
                {
                    found.Add(timeout);
                }
            }
        }

        screen.NoteUnreadable(unreadable);
        found.Sort(static (one, other) => one.DueAt.CompareTo(other.DueAt));
        return found;
    }

    /// <summary>As <c>--json</c> writes it.</summary>
    public TimeoutItem ToItem() => new(Number, DueAt, Order?.OrderId, Order?.Hash, Caller, RequestId);

    private static WaitingTimeout Read(ServiceBusReceivedMessage message) =>
        new()
        {
            Number = message.SequenceNumber,
            DueAt = message.ScheduledEnqueueTime,
            Order = RequestedOrder.Of(message.ToInbound()),
            Caller = message.ApplicationProperties.GetValueOrDefault(MessageProperties.Caller) as string,
            RequestId = message.ApplicationProperties.GetValueOrDefault(MessageProperties.RequestId) as string,
            Token = message.ApplicationProperties.GetValueOrDefault(MessageProperties.Token) as string,
        };
}
