using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// What the operator does an hour later: puts dead letters back. Most of what was wrong with their orders has been
/// mended by then.
/// </summary>
internal static class SecondRound
{
    // Of those that are not mended, and of the malformed, some are put back all the same.
    private const int NotMended = 4;

    /// <summary>Plans what is put back: a request of its own for each that has dead letters.</summary>
    public static IReadOnlyList<(Record Record, IReadOnlyList<ServiceBusReceivedMessage> Letters)> Plan(Ledger first) =>
        [
            .. from dead in first.Letters
            where dead.Record.Request.Way != Way.MalformedMessage || dead.Record.Request.Number % NotMended == 0
            group dead.Letter by dead.Record into letters
            select (
                new Record(Again(letters.Key, letters.Count())),
                (IReadOnlyList<ServiceBusReceivedMessage>)[.. letters]
            ),
        ];

    /// <summary>
    /// Makes the order anew, as it is now: its calls are counted from 0, and it has the faults that are left.
    /// </summary>
    public static void Mend(Record record, OnrampSimulator simulator)
    {
        if (record.Request.InitialStatus is { } status)
        {
            simulator.Put(
                record.Request.OrderId,
                status,
                record.Request.ByHash ? record.Request.Hash : null,
                FaultPlan.Of(record.Request)
            );
        }
    }

    private static PlannedRequest Again(Record record, int letters) =>
        record.Request with
        {
            IsPutBack = true,
            Twice = letters > 1,
            InitialStatus = record.FinalStatus,
            Fate =
                record.Request.Fate == Fate.Doomed && record.Request.Number % NotMended != 0
                    ? Fate.Open
                    : record.Request.Fate,
        };
}
