namespace OnrampFunctions.LocalHost.Page;

/// <summary>
/// Collects what the host knows of an order or a request. It reads the rows without injected faults, which are for the
/// service.
/// </summary>
internal sealed class Histories(MemoryRows rows, LocalBroker broker, OnrampSimulator simulator, Watch watch)
{
    /// <summary>How many messages are looked through, of the queue and of its dead letters.</summary>
    public const int MaxSearched = 5000;
    private const int MaxShown = 50;
    private const int MaxRecords = 100_000;
    private const int MaxTimeouts = 20;

    // The signed timestamp and the times of the provider are rounded to milliseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5);

    public async Task<OrderHistoryView> OfOrderAsync(
        OrderReference order,
        int count,
        CancellationToken cancellationToken
    )
    {
        var simulated = Find(order);
        var names = NamesOf(order, simulated);
        List<TimeoutView> timeouts = [];
        List<RecordedOutcome> outcomes = [];
        foreach (var name in names)
        {
            timeouts.AddRange(await TimeoutsAsync(name, cancellationToken));
            outcomes.AddRange(await OutcomesAsync(name, count + 1, cancellationToken));
        }

        // An outcome is recorded under both names of its order, if they are known.
        var newest = outcomes
            .DistinctBy(outcome => outcome.EventId)
            .OrderByDescending(outcome => outcome.CompletedAt)
            .ToList();
        var records = RecordsOfEvents();
        var texts = names.Select(TextOf).ToHashSet(StringComparer.Ordinal);
        bool IsAbout(PeekedMessage entry) => QueueRows.OrderOf(entry.Message) is { } text && texts.Contains(text);
        return new OrderHistoryView(
            OutcomeRows.Cut(TextOf(order)),
            simulated is null ? null : OrderRow.Of(simulated),
            timeouts,
            [
                .. newest
                    .Take(count)
                    .Select(outcome => OutcomeRows.Of(outcome, records.GetValueOrDefault(outcome.EventId))),
            ],
            newest.Count > count,
            [.. Find(broker.Requests, IsAbout).Select(QueueRows.Row)],
            [.. Find(broker.Requests.DeadLetters!, IsAbout).Select(QueueRows.Row)],
            StepsOf(message => QueueRows.OrderOf(message) is { } text && texts.Contains(text)),
            CallsOf(simulated?.OrderId ?? order.OrderId, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)
        );
    }

    /// <summary>Returns null if nothing is known of the request.</summary>
    public async Task<RequestHistoryView?> OfRequestAsync(string id, CancellationToken cancellationToken)
    {
        var stored = await rows.ReadAsync(RequestRecord.Key(id), cancellationToken);
        var record = stored is null ? null : RequestRecord.Read(stored);
        var entries = Find(broker.Requests, IsOfRequest);
        var deadLetters = Find(broker.Requests.DeadLetters!, IsOfRequest);
        var events = EventsOf(id);
        if (record is null && entries.Count == 0 && deadLetters.Count == 0 && events.Count == 0)
        {
            return null;
        }

        var outcome = record?.Outcome is { } recorded ? OutcomeRows.Of(recorded, id) : null;
        var order = OrderOf(events, outcome, [.. entries, .. deadLetters]);

        // The order's calls until a first attempt are those of other requests.
        var isTried = record is not null || events.Count > 0 || deadLetters.Count > 0 || entries.Any(IsTried);
        var isWaiting = entries.Count > 0 || outcome is null;
        return new RequestHistoryView(
            id,
            order,
            record is null
                ? null
                : new RecordView(
                    record.RequestId,
                    record.Caller,
                    record.WaitingSince,
                    record.NextTryAt,
                    record.WaitsFor,
                    outcome
                ),
            [.. entries.Select(QueueRows.Row)],
            [.. deadLetters.Select(QueueRows.Row)],
            events,
            StepsOf(message => QueueRows.RecordOf(message) == id),
            CallsOf(
                isTried ? IdOf(order) : null,
                Earliest(record, events, [.. entries, .. deadLetters]) - Tolerance,
                isWaiting ? DateTimeOffset.MaxValue : LatestOf(events, outcome!) + Tolerance
            )
        );

        bool IsOfRequest(PeekedMessage entry) => QueueRows.RecordOf(entry) == id;
    }

    /// <summary>Finds the requests of all callers that have this request id.</summary>
    public async Task<FoundRequestsView> FindRequestsAsync(string requestId, CancellationToken cancellationToken)
    {
        bool IsIt(PeekedMessage entry) => DeadLetterReplay.RequestId(entry.ToInbound()) == requestId;
        var stored = await rows.QueryAsync(new RowQuery(RowTable.CancelRequests, MaxRecords), cancellationToken);
        var recorded =
            from row in stored
            let record = RequestRecord.Read(row)
            where record?.RequestId == requestId
            select new FoundRequest(
                row.Key.Partition,
                requestId,
                record.Caller,
                record.Outcome is { } outcome ? NameOf(OutcomeRows.Of(outcome, row.Key.Partition)) : null,
                record.Outcome?.Outcome.Row().Name
            );
        var published =
            from found in watch.Outcomes.After(0, Watch.Kept)
            let outcome = OutcomeRows.Of(found.Number, found.Item.Event, found.Item.At)
            where outcome.RequestId == requestId
            let record = outcome.Record
            where record is not null
            select new FoundRequest(record, requestId, outcome.Caller, NameOf(outcome), outcome.Outcome);
        var waiting = Find(broker.Requests, IsIt)
            .Concat(Find(broker.Requests.DeadLetters!, IsIt))
            .Select(entry => new FoundRequest(
                QueueRows.RecordOf(entry),
                requestId,
                Caller: null,
                QueueRows.OrderOf(entry.Message),
                Outcome: null
            ));
        return new FoundRequestsView([
            .. recorded.Concat(published.Reverse()).Concat(waiting).DistinctBy(found => found.Record).Take(MaxShown),
        ]);
    }

    private static bool IsTried(PeekedMessage entry) =>
        entry.State == MessageState.Locked || QueueRows.DeliveryOf(entry.Message) is not null;

    private SimulatedOrder? Find(OrderReference order)
    {
        SimulatedOrder? found;
        _ = order.OrderId is { } orderId
            ? simulator.TryGet(orderId, out found)
            : simulator.TryGetByHash(order.Hash!, out found);
        return found;
    }

    /// <summary>An order by its id and by its hash, as far as they are known.</summary>
    private static List<OrderReference> NamesOf(OrderReference order, SimulatedOrder? simulated)
    {
        HashSet<OrderReference> names = [order];
        if (simulated is not null)
        {
            names.Add(OrderReference.FromOrderId(simulated.OrderId));
            if (OrderReference.IsHash(simulated.Hash))
            {
                names.Add(OrderReference.FromHash(simulated.Hash!));
            }
        }

        return [.. names];
    }

    private static string TextOf(OrderReference order) => order.OrderId ?? $"hash:{order.Hash}";

    private async Task<IEnumerable<TimeoutView>> TimeoutsAsync(
        OrderReference order,
        CancellationToken cancellationToken
    )
    {
        RowQuery query = new(RowTable.CancelTimeouts, MaxTimeouts)
        {
            Partition = TimeoutRow.Key(order, caller: null).Partition,
        };
        return from stored in await rows.QueryAsync(query, cancellationToken)
            let row = TimeoutRow.Read(stored)
            where row is not null
            orderby row.ChangedAt descending
            select new TimeoutView(
                OutcomeRows.Cut(TextOf(order)),
                row.Caller,
                row.State.Name(),
                row.DueAt,
                row.FollowsOrder,
                row.Reason,
                row.ArmedAt,
                row.ChangedAt,
                row.Outcome,
                CancelRequest.RecordIdOf(row.Caller, source: null, row.Version)
            );
    }

    private async Task<IEnumerable<RecordedOutcome>> OutcomesAsync(
        OrderReference order,
        int count,
        CancellationToken cancellationToken
    )
    {
        RowQuery query = new(RowTable.CancelOutcomes, count) { Partition = RequestRecords.OrderPartition(order) };
        return (await rows.QueryAsync(query, cancellationToken)).Select(RecordedOutcome.Read).OfType<RecordedOutcome>();
    }

    /// <summary>The ids of the records of recent events, by event: recorded outcomes do not have them.</summary>
    private Dictionary<string, string> RecordsOfEvents()
    {
        Dictionary<string, string> records = [];
        foreach (var (_, (message, _)) in watch.Outcomes.After(0, Watch.Kept))
        {
            if (message.Property(OutcomeProperties.Record) is string id && RequestRecord.IsId(id))
            {
                records[message.MessageId] = id;
            }
        }

        return records;
    }

    private List<OutcomeView> EventsOf(string id) =>
        [
            .. watch
                .Outcomes.After(0, Watch.Kept)
                .Where(outcome => outcome.Item.Event.Property(OutcomeProperties.Record) as string == id)
                .Reverse()
                .Select(outcome => OutcomeRows.Of(outcome.Number, outcome.Item.Event, outcome.Item.At)),
        ];

    private static List<PeekedMessage> Find(MessageQueue queue, Func<PeekedMessage, bool> isWanted) =>
        [.. queue.Peek(0, MaxSearched).Where(isWanted).Take(MaxShown)];

    private List<StepView> StepsOf(Func<BrokerMessage, bool> isWanted)
    {
        var retries =
            from retry in watch.Retries.After(0, Watch.Kept)
            where isWanted(retry.Item.Message)
            let delivery = QueueRows.DeliveryOf(retry.Item.Message)
            select new StepView(QueueRows.RecordOf(retry.Item.Message), retry.Item.At, delivery, Reason: null);
        var deadLetters =
            from dead in watch.DeadLetters.After(0, Watch.Kept)
            where isWanted(dead.Item.Message)
            let reason = dead.Item.Message.Property(BrokerMessage.DeadLetterReasonName) as string
            let text = OutcomeRows.Cut(reason) ?? "no reason given"
            select new StepView(QueueRows.RecordOf(dead.Item.Message), dead.Item.At, Delivery: null, text);
        return [.. retries.Concat(deadLetters).OrderBy(step => step.At)];
    }

    private List<CallRow> CallsOf(string? orderId, DateTimeOffset from, DateTimeOffset to) =>
        orderId is null
            ? []
            :
            [
                .. watch
                    .Calls.After(0, Watch.Kept)
                    .Where(call => call.Item.OrderId == orderId)
                    .Where(call => call.Item.ReceivedAt >= from && call.Item.ReceivedAt <= to)
                    .Reverse()
                    .Select(call => CallRows.Row(call.Number, call.Item)),
            ];

    /// <summary>The order of a request: its record only has it with the outcome.</summary>
    private static string? OrderOf(List<OutcomeView> events, OutcomeView? outcome, List<PeekedMessage> messages) =>
        events.Select(NameOf).Append(outcome is null ? null : NameOf(outcome)).FirstOrDefault(name => name is not null)
        ?? messages.Select(message => QueueRows.OrderOf(message.Message)).FirstOrDefault(name => name is not null);

    private static string? NameOf(OutcomeView outcome) =>
        outcome.OrderId ?? (outcome.Hash is { } hash ? $"hash:{hash}" : null);

    private string? IdOf(string? order)
    {
        if (order?.StartsWith("hash:", StringComparison.Ordinal) != true)
        {
            return order;
        }

        return simulator.TryGetByHash(order["hash:".Length..], out var found) ? found.OrderId : null;
    }

    private static DateTimeOffset Earliest(
        RequestRecord? record,
        List<OutcomeView> events,
        List<PeekedMessage> messages
    ) =>
        new[] { record?.WaitingSince, record?.Outcome?.RequestedAt }
            .Concat(events.Select(outcome => outcome.RequestedAt))
            .Concat(messages.Select(message => (DateTimeOffset?)message.EnqueuedTime))
            .Min()
        ?? DateTimeOffset.MinValue + Tolerance;

    private static DateTimeOffset LatestOf(List<OutcomeView> events, OutcomeView outcome) =>
        events.Select(found => found.PublishedAt).Append(outcome.PublishedAt).Max();
}
