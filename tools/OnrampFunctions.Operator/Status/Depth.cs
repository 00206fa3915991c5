using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.Status;

/// <summary>
/// What lies in an entity, counted by looking at each message, which needs no more than the right to receive.
/// </summary>
internal sealed record Depth
{
    /// <summary>Ready or being worked on.</summary>
    public required int Active { get; init; }

    /// <summary>Due later: retries and timeouts.</summary>
    public required int Scheduled { get; init; }

    /// <summary>Those of them that are timeouts.</summary>
    public required int Timeouts { get; init; }

    /// <summary>When the oldest that is ready was taken.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>When the next that is scheduled is due.</summary>
    public DateTimeOffset? NextDue { get; init; }

    /// <summary>Whether there is more than what was looked at.</summary>
    public required bool IsMore { get; init; }

    public static async Task<Depth> CountAsync(
        ServiceBusReceiver receiver,
        int limit,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        List<UnreadableNumbers> unreadable = [];
        var (active, scheduled, timeouts, seen) = (0, 0, 0, 0);
        DateTimeOffset? oldest = null,
            nextDue = null;
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
        return new Depth
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
