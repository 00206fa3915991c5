using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>Asks for one cancel in the way that is planned, and does to the order what is planned for it.</summary>
internal sealed class Caller(ApiClient api, QueueClient queue, OnrampSimulator simulator, Chronicle chronicle, TimeProvider time)
{
    private static readonly TimeSpan TimeoutDelay = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<Task> _payments = [];

    /// <summary>Completes when every payment that was to be made later has been made.</summary>
    public Task PaymentsAsync() => Task.WhenAll(_payments);

    public Task AskAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        if (request.InitialStatus is { } status)
        {
            simulator.Put(request.OrderId, status, request.ByHash ? request.Hash : null, FaultPlan.Of(request));
        }

        var body = Body(request);
        return request.Way switch
        {
            Way.Http => Task.WhenAll(
                [.. Times(request, _ => api.PostAsync(record, "api/orders/cancel", body, prefer: null, cancellationToken)), PayMeanwhileAsync(record, cancellationToken)]),
            Way.HttpAsync => Task.WhenAll(Times(request, _ => api.PostAsync(record, "api/orders/cancel", body, prefer: "respond-async", cancellationToken))),
            Way.Message => queue.SendBareAsync(request, body, cancellationToken),
            Way.StructuredEvent or Way.BinaryEvent => Task.WhenAll(Times(request, copy => queue.SendEventAsync(request, copy, body, cancellationToken))),
            Way.MalformedMessage => queue.SendMalformedAsync(request, cancellationToken),
            _ => ArmAsync(record, cancellationToken),
        };
    }

    private static IEnumerable<Task> Times(PlannedRequest request, Func<int, Task> send) => Enumerable.Range(1, request.Twice ? 2 : 1).Select(send);

    private static string Body(PlannedRequest request, string more = "")
        => $$"""{"{{(request.ByHash ? "hash" : "orderId")}}":"{{request.Reference}}"{{(request.OnlyIfUnpaid ? ",\"onlyIfUnpaid\":true" : "")}}{{more}}}""";

    private async Task ArmAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        var dueAt = time.GetUtcNow() + TimeoutDelay;
        var at = dueAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var armed = await api.PostAsync(record, "api/orders/timeouts", Body(request, $",\"at\":\"{at}\""), prefer: null, cancellationToken);
        switch (request.Way)
        {
            case Way.TimeoutPaidBefore:
                record.PaidInTime = Pay(record) && time.GetUtcNow() < dueAt;
                break;
            case Way.TimeoutPaidWhenDue:
                _payments.Add(PayAtAsync(record, dueAt, cancellationToken));
                break;

            // A repeated arming may answer with another number than the waiting message's, which cannot be taken back then: the timeout fires.
            case Way.TimeoutDisarmed when armed.ValueKind == JsonValueKind.Object && armed.TryGetProperty("timeoutId", out var id):
                record.Disarmed = await api.DisarmAsync(record, id.GetString()!, cancellationToken);
                break;
        }
    }

    /// <summary>Pays a few milliseconds after the cancel was asked for, so that sometimes the payer wins and sometimes the canceller.</summary>
    private async Task PayMeanwhileAsync(Record record, CancellationToken cancellationToken)
    {
        if (record.Request.PaidMeanwhile)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(record.Request.Number % 8), time, cancellationToken);
            Pay(record);
        }
    }

    private async Task PayAtAsync(Record record, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var wait = dueAt - time.GetUtcNow();
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, cancellationToken);
        Pay(record);
    }

    /// <summary>Pays, unless the order is cancelled already.</summary>
    private bool Pay(Record record)
    {
        var paid = simulator.Order(record.Request.OrderId).TryPay();
        chronicle.Add(record, paid ? "paid" : "not paid: cancelled before");
        return paid;
    }
}
