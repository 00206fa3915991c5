using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.Status;

/// <summary>
/// Counts messages by peeking each of them: that needs only the right to receive, unlike the counts of the
/// administration.
/// </summary>
internal static class DepthCounter
{
    public static async Task<QueueDepth> CountAsync(
        ServiceBusReceiver receiver,
        int limit,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        List<UnreadableNumbers> unreadable = [];
        var (active, scheduled, timeouts, seen) = (0, 0, 0, 0);
        DateTimeOffset? oldest = null;
        DateTimeOffset? nextDue = null;
        await foreach (
            var message in receiver.PeekAllAsync(unreadable: unreadable, cancellationToken: cancellationToken)
        )
        {
            if (++seen > limit)
            {
                break;
            }

            if (message.State == ServiceBusMessageState.Scheduled)
            {
                scheduled++;
                timeouts += MessageProperties.IsTimeout(message.ApplicationProperties) ? 1 : 0;
                nextDue = nextDue < message.ScheduledEnqueueTime ? nextDue : message.ScheduledEnqueueTime;
            }
            else
            {
                active++;
                oldest = oldest < message.EnqueuedTime ? oldest : message.EnqueuedTime;
            }
        }

        screen.NoteUnreadable(unreadable);
        return new QueueDepth
        {
            Active = active,
            Scheduled = scheduled,
            Timeouts = timeouts,
            Oldest = oldest,
            NextDue = nextDue,
            IsMore = seen > limit,
        };
    }
}
