using Onramp.Cancellation.Queue;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>
/// <c>dead-letters replay</c>: sends dead letters to the queue again, as the same requests, with a new retry schedule.
/// </summary>
internal sealed class ReplayCommand(OperatorEnvironment environment) : ChangeCommand(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver, Role.Sender];

    protected override string Verb => "Replay";

    protected override List<DeadLetter> Choose(List<DeadLetter> found, DeadLetterFilter filter, Screen screen)
    {
        if (filter.IsNamed)
        {
            return found;
        }

        var useful = found.FindAll(static letter => letter.Reason != DeadLetterReasons.InvalidMessage);
        if (found.Count > useful.Count)
        {
            screen.Note(
                $"{found.Count - useful.Count} {DeadLetterReasons.InvalidMessage} skipped: they would be "
                    + $"dead-lettered again. Once a new version can read them, use --reason "
                    + $"{DeadLetterReasons.InvalidMessage}."
            );
        }

        return useful;
    }

    protected override async Task<IReadOnlyCollection<long>> StoreAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages,
        ServiceBusSender queue
    )
    {
        List<long> refused = [];
        Queue<(long Number, ServiceBusMessage Message)> replays = [];
        foreach (var message in messages)
        {
            if (message.TryToReplay(out var replay))
            {
                replays.Enqueue((message.SequenceNumber, replay));
            }
            else
            {
                refused.Add(message.SequenceNumber);
            }
        }

        while (replays.Count > 0)
        {
            using var batch = await queue.CreateMessageBatchAsync(CancellationToken.None);
            while (replays.TryPeek(out var next) && batch.TryAddMessage(next.Message))
            {
                replays.Dequeue();
            }

            // The batch adds its own envelope, so a message may fit only without it.
            if (batch.Count > 0)
            {
                await queue.SendMessagesAsync(batch, CancellationToken.None);
            }
            else if (replays.Dequeue() is var single && !await TrySendAsync(queue, single.Message))
            {
                refused.Add(single.Number);
            }
        }

        return refused;
    }

    private static async Task<bool> TrySendAsync(ServiceBusSender queue, ServiceBusMessage message)
    {
        try
        {
            await queue.SendMessageAsync(message, CancellationToken.None);
            return true;
        }
        catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.MessageSizeExceeded)
        {
            return false;
        }
    }
}
