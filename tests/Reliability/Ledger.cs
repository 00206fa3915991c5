using System.Text.Json;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>Reads what came of the requests: the subscription to the outcome events and the dead-letter queue.</summary>
internal sealed class Ledger(MessageBroker broker, IReadOnlyList<Record> records)
{
    private readonly Dictionary<string, Record> _byRequest = records.ToDictionary(record => record.Request.RequestId);
    private readonly Dictionary<string, Record> _byOrder = records.ToDictionary(record => record.Request.OrderId);
    private int _strangers;
    private int _read;

    /// <summary>Outcome events read so far.</summary>
    public int Read => Volatile.Read(ref _read);

    /// <summary>Events about requests that nobody made.</summary>
    public int Strangers => Volatile.Read(ref _strangers);

    /// <summary>Reads what is there now.</summary>
    public void Collect()
    {
        while (broker.Local.TryReceive() is { } received)
        {
            broker.Local.TryComplete(received);
            Add(received.Message);
            Interlocked.Increment(ref _read);
        }

        while (broker.Requests.DeadLetters!.TryReceive() is { } dead)
        {
            broker.Requests.DeadLetters.TryComplete(dead);
            if (Find(dead.Message) is { } record)
            {
                record.DeadLetters.Enqueue(new DeadLetter(dead.DeadLetterReason, dead.DeadLetterErrorDescription));
            }
        }
    }

    private void Add(BrokerMessage message)
    {
        var data = JsonDocument.Parse(message.Body).RootElement;
        if (!_byOrder.TryGetValue(data.GetProperty("orderId").GetString()!, out var record))
        {
            Interlocked.Increment(ref _strangers);
            return;
        }

        int? status = data.TryGetProperty("orderStatus", out var state) ? state.GetInt32() : null;
        record.Events.Enqueue(new ReceivedEvent(message.MessageId, data.GetProperty("outcome").GetString()!, status));
    }

    private Record? Find(BrokerMessage message)
        => message.Properties.TryGetValue("requestId", out var id) && _byRequest.TryGetValue((string)id, out var record) ? record
            : _byRequest.GetValueOrDefault(message.MessageId) ?? FindByOrder(message);

    private Record? FindByOrder(BrokerMessage message)
    {
        var body = JsonDocument.Parse(message.Body).RootElement;
        return body.TryGetProperty("orderId", out var order) ? _byOrder.GetValueOrDefault(order.ToString()) : null;
    }
}
