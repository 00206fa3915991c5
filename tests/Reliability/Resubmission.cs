using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// What the operator does an hour later: puts dead letters back. Most of what was wrong with their orders has been
/// mended by then.
/// </summary>
internal static class Resubmission
{
    // Of those that are not mended, and of the malformed, some are put back all the same.
    private const int NotMended = 4;

    /// <summary>Plans which dead letters are resubmitted: one new request for each request with dead letters.</summary>
    public static IReadOnlyList<(Record Record, IReadOnlyList<ServiceBusReceivedMessage> Letters)> Plan(
        RunResults first
    ) =>
        [
            .. from dead in first.Letters
            where dead.Record.Request.Way != Way.MalformedMessage || dead.Record.Request.Number % NotMended == 0
            group dead.Letter by dead.Record into letters
            select (
                new Record(Again(letters.Key, letters.Count())) { Before = letters.Key },
                (IReadOnlyList<ServiceBusReceivedMessage>)[.. letters]
            ),
        ];

    /// <summary>
    /// Recreates the order in its current state. Its calls are counted from 0, and it keeps the remaining faults.
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
            Letters = letters,
            InitialStatus = record.FinalStatus,
            Fate =
                record.Request.Fate == Fate.Doomed && record.Request.Number % NotMended != 0
                    ? Fate.Open
                    : record.Request.Fate,
        };
}
