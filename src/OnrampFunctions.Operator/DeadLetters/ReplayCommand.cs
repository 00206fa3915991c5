using Onramp.Cancellation.Deliveries;
using Onramp.Cancellation.ServiceBus;

namespace OnrampFunctions.Operations.DeadLetters;

/// <summary><c>dead-letters replay</c>: back to the queue, from the beginning of the schedule, as the same request.</summary>
internal sealed class ReplayCommand(OperatorSurroundings surroundings) : SweepCommand(surroundings)
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
            screen.Note($"{found.Count - useful.Count} {DeadLetterReasons.InvalidMessage} left where they are, since they would come back: name them (--reason {DeadLetterReasons.InvalidMessage}) once a new version can read them.");
        }

        return useful;
    }

    protected override async Task StoreAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, ServiceBusSender queue)
    {
        Queue<ServiceBusMessage> replays = new(messages.Select(static message => message.ToReplay()));
        while (replays.TryPeek(out var next))
        {
            using var batch = await queue.CreateMessageBatchAsync(CancellationToken.None);
            while (replays.TryPeek(out next) && batch.TryAddMessage(next))
            {
                replays.Dequeue();
            }

            // A batch has an envelope of its own: a message may fit only without.
            await (batch.Count > 0 ? queue.SendMessagesAsync(batch, CancellationToken.None) : queue.SendMessageAsync(replays.Dequeue(), CancellationToken.None));
        }
    }
}
