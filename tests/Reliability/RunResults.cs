using System.Globalization;
using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// Assigns results to requests: outcome events, dead letters, accepted messages, calls to the provider.
/// </summary>
internal sealed class RunResults(
    LocalApp host,
    RunHistory chronicle,
    RecordedTexts sayings,
    IReadOnlyCollection<Record> records,
    HostileSender hostile,
    IEnumerable<Record> earlier
)
{
    // A receiver that has lost its lock may still schedule a copy of an earlier request.
    private readonly ILookup<string, Record> _byOrder = records
        .Concat(earlier)
        .SelectMany(record => new[] { (Name: record.Request.OrderId, record), (Name: record.Request.Hash, record) })
        .ToLookup(named => named.Name, named => named.record);

    private readonly Dictionary<string, Record> _byMessage = records
        .Where(record => record.Request.Way == Way.MalformedMessage)
        .ToDictionary(record => record.Request.MessageId);

    // A copy that only waits has the number of its delivery, and each version of a timeout has its own deliveries.
    private readonly Dictionary<(Record, object? Version, int Delivery, int Waits), int> _copies = [];

    /// <summary>Events, messages and dead letters about unknown orders.</summary>
    public List<string> Strangers { get; } = [];

    /// <summary>Attacks that did not end as an ordinary request.</summary>
    public List<string> Attacks { get; } = [];

    /// <summary>The dead letters with their requests.</summary>
    public List<(Record Record, ServiceBusReceivedMessage Letter)> Letters { get; } = [];

    public void Collect(IEnumerable<ServiceBusReceivedMessage> events, IEnumerable<ServiceBusReceivedMessage> letters)
    {
        foreach (var (at, call) in chronicle.TakeCalls())
        {
            var answer = call.Fault == FaultKind.None ? "fine" : FaultNames.Of(call.Fault);
            var what = $"{call.Operation.ToString().ToLowerInvariant()}Order: {answer}, the order is {call.Status}";
            foreach (var record in _byOrder[call.OrderId])
            {
                record.Happened(at, what);
            }

            if (HostileSender.IsAbout(call.OrderId))
            {
                hostile.Happened(call.OrderId, at, what);
            }
        }

        foreach (var (at, message) in chronicle.TakeAccepted())
        {
            Accept(at, message);
        }

        foreach (var received in events)
        {
            AddEvent(received);
        }

        foreach (var letter in letters)
        {
            AddLetter(letter);
        }

        foreach (var record in records)
        {
            var known = host.Simulator.TryGet(record.Request.OrderId, out var order);
            record.FinalStatus = known ? order!.Status : null;
            record.CancelCalls = known ? order!.CancelCalls : 0;
            record.IsAgedByClock = record.Queued is { } queued && chronicle.IsSetForward(queued.From, queued.Until);
        }
    }

    private void Accept(TimeSpan at, BrokerMessage message)
    {
        sayings.AddProperties("a message", message.Properties);
        if (Find(message.MessageId, message.Body, "message", at) is { } record)
        {
            // A replay starts a new schedule. A tool may copy the counts, but the history is then not valid.
            var hasHistory =
                message.Property("DeadLetterReason") is null
                && message.Property("onrampCancel_historyMac") is string { Length: > 0 };
            var (delivery, waits) = hasHistory ? (Number("delivery", 1), Number("waits", 0)) : (1, 0);
            var copy = (record, message.Property("onrampCancel_version"), delivery, waits);
            var count = _copies[copy] = _copies.GetValueOrDefault(copy) + 1;
            record.Deliveries.AddOrUpdate(delivery, count, (_, before) => Math.Max(before, count));
            var hasOutcome = hasHistory && message.Property("onrampCancel_outcome") is not null;
            record.LeftOutcomeToCopy |= hasOutcome;
            var longest = waits > 0 ? FaultPlan.LongestWait : FaultPlan.GiveUpAfter;
            record.Queued = (record.Queued?.From ?? at, at + longest);
            record.Happened(
                at,
                $"the queue took delivery {delivery}{(waits == 0 ? "" : $" after {waits} waits")}{(hasOutcome ? " with an outcome" : "")}"
            );
        }

        int Number(string name, int absent) =>
            Convert.ToInt32(message.Property($"onrampCancel_{name}") ?? absent, CultureInfo.InvariantCulture);
    }

    private void AddEvent(ServiceBusReceivedMessage message)
    {
        sayings.AddEvent(message);
        var (reference, received) = ReceivedEvent.Read(message);
        if (HostileSender.IsAbout(reference))
        {
            Attacks.AddRange([.. new[] { hostile.Check(reference, received) }.OfType<string>()]);
        }
        else if (Find(reference, received.Reason) is { } record)
        {
            record.Events.Enqueue(received);
        }
        else
        {
            Strangers.Add($"event {received} about order {reference}");
        }
    }

    private void AddLetter(ServiceBusReceivedMessage letter)
    {
        sayings.AddProperties("a dead letter", letter.ApplicationProperties);
        if (Find(letter.MessageId, letter.Body, "dead letter") is { } record)
        {
            record.DeadLetters.Enqueue(new DeadLetter(letter.DeadLetterReason, letter.DeadLetterErrorDescription));
            Letters.Add((record, letter));
        }
    }

    private Record? Find(string messageId, ReadOnlyMemory<byte> content, string what, TimeSpan at = default)
    {
        if (_byMessage.TryGetValue(messageId, out var malformed))
        {
            return malformed;
        }

        using var document = JsonDocument.Parse(content);
        var body = document.RootElement.TryGetProperty("data", out var data) ? data : document.RootElement;
        var reason = body.TryGetProperty("reason", out var given) ? given.GetString() : null;
        if (
            (body.TryGetProperty("orderId", out var order) || body.TryGetProperty("hash", out order))
            && Find(order.GetString()!, reason) is { } record
        )
        {
            return record;
        }

        if (order.ValueKind == JsonValueKind.String && HostileSender.IsAbout(order.GetString()!))
        {
            if (what == "dead letter")
            {
                hostile.AddDeadLetter(order.GetString()!);
            }
            else
            {
                hostile.Happened(order.GetString()!, at, $"{what} {messageId}");
            }

            return null;
        }

        Strangers.Add($"{what} {messageId}: {document.RootElement}");
        return null;
    }

    /// <summary>The reason distinguishes twins.</summary>
    private Record? Find(string reference, string? reason) =>
        _byOrder[reference].FirstOrDefault(record => record.Request.Reason == reason)
        ?? _byOrder[reference].FirstOrDefault();
}
