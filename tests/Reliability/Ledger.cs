using System.Globalization;
using System.Text.Json;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>Sorts out what came of the requests: outcome events, dead letters, messages that the queue took, calls that the provider got.</summary>
internal sealed class Ledger(LocalHost host, Chronicle chronicle, IReadOnlyList<Record> records)
{
    private readonly Dictionary<string, Record> _byOrder = records.SelectMany(record => new[] { (record.Request.OrderId, record), (record.Request.Hash, record) }).ToDictionary();
    private readonly Dictionary<string, Record> _byMessage = records.Where(record => record.Request.Way == Way.MalformedMessage).ToDictionary(record => record.Request.MessageId);

    /// <summary>Events, messages and dead letters about nobody's order.</summary>
    public List<string> Strangers { get; } = [];

    public void Collect()
    {
        foreach (var (at, call) in chronicle.Calls.Where(told => _byOrder.ContainsKey(told.Call.OrderId)))
        {
            _byOrder[call.OrderId].Happened(at, $"{call.Operation.ToString().ToLowerInvariant()}Order: {(call.Fault == FaultKind.None ? "fine" : FaultNames.Of(call.Fault))}, the order is {call.Status}");
        }

        foreach (var (at, message) in chronicle.Accepted)
        {
            Accept(at, message);
        }

        while (host.Broker.Local.TryReceive() is { } received)
        {
            host.Broker.Local.TryComplete(received);
            Add(received.Message);
        }

        while (host.Broker.Requests.DeadLetters!.TryReceive() is { } dead)
        {
            host.Broker.Requests.DeadLetters.TryComplete(dead);
            Find(dead.Message, "dead letter")?.DeadLetters.Enqueue(new DeadLetter(dead.DeadLetterReason, dead.DeadLetterErrorDescription));
        }

        foreach (var record in records)
        {
            var known = host.Simulator.TryGet(record.Request.OrderId, out var order);
            record.FinalStatus = known ? order!.Status : null;
            record.CancelCalls = known ? order!.CancelCalls : 0;
        }
    }

    private void Accept(TimeSpan at, BrokerMessage message)
    {
        if (Find(message, "message") is { } record)
        {
            var delivery = Convert.ToInt32(message.Property("onrampCancel_delivery") ?? 1, CultureInfo.InvariantCulture);
            record.Deliveries.AddOrUpdate(delivery, 1, static (_, count) => count + 1);
            record.Happened(at, $"the queue took delivery {delivery}");
        }
    }

    private void Add(BrokerMessage message)
    {
        var (reference, received) = ReceivedEvent.Read(message);
        if (_byOrder.TryGetValue(reference, out var record))
        {
            record.Events.Enqueue(received);
        }
        else
        {
            Strangers.Add($"event {received} about order {reference}");
        }
    }

    private Record? Find(BrokerMessage message, string what)
    {
        if (_byMessage.TryGetValue(message.MessageId, out var malformed))
        {
            return malformed;
        }

        using var document = JsonDocument.Parse(message.Body);
        var body = document.RootElement.TryGetProperty("data", out var data) ? data : document.RootElement;
        if ((body.TryGetProperty("orderId", out var order) || body.TryGetProperty("hash", out order)) && _byOrder.TryGetValue(order.GetString()!, out var record))
        {
            return record;
        }

        Strangers.Add($"{what} {message.MessageId}");
        return null;
    }
}
