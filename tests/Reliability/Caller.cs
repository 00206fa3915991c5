using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace Reliability;

/// <summary>Requests one cancel in the planned way, and changes the order as planned.</summary>
internal sealed class Caller(
    ApiClient api,
    QueueClient queue,
    OnrampSimulator simulator,
    RunHistory chronicle,
    TimeProvider time
)
{
    private static readonly TimeSpan TimeoutDelay = TimeSpan.FromSeconds(3);

    // A repeat arrives a while later: when the first request is done, waits for its next delivery, or is in progress.
    private static readonly TimeSpan LongestWhile = TimeSpan.FromMilliseconds(1500);

    private readonly ConcurrentBag<Task> _later = [];

    /// <summary>Completes when all delayed actions are done.</summary>
    public Task LaterAsync() => Task.WhenAll(_later);

    public Task AskAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        if (request.InitialStatus is { } status)
        {
            simulator.Put(request.OrderId, status, request.ByHash ? request.Hash : null, FaultPlan.Of(request));
        }

        return request.Way switch
        {
            Way.Http => Task.WhenAll(
                CallAsync(record, HttpMethod.Post, "api/orders/cancel", Body(request), prefer: null, cancellationToken),
                PayMeanwhileAsync(record, cancellationToken)
            ),
            Way.HttpAsync => CallAsync(
                record,
                HttpMethod.Post,
                "api/orders/cancel",
                Body(request),
                "respond-async",
                cancellationToken
            ),
            Way.Message => queue.SendBareAsync(request, Body(request), cancellationToken),
            Way.StructuredEvent or Way.BinaryEvent => SendEventsAsync(record, cancellationToken),
            Way.MalformedMessage => queue.SendMalformedAsync(request, cancellationToken),
            _ => ArmAsync(record, cancellationToken),
        };
    }

    private static string Body(PlannedRequest request) =>
        $$"""
            {"{{(request.ByHash ? "hash" : "orderId")}}":"{{request.Reference}}"{{(
                request.OnlyIfUnpaid ? ",\"onlyIfUnpaid\":true" : ""
            )}}{{(request.Reason is { } reason ? $",\"reason\":\"{reason}\"" : "")}}}
            """;

    private async Task CallAsync(
        Record record,
        HttpMethod method,
        string path,
        string body,
        string? prefer,
        CancellationToken cancellationToken
    )
    {
        var first = api.SendAsync(record, method, path, body, prefer, cancellationToken);
        if (record.Request is { Twice: true, Apart: true })
        {
            await first;
        }

        await Task.WhenAll(
            first,
            record.Request.Twice
                ? api.SendAsync(record, method, path, body, prefer, cancellationToken)
                : Task.CompletedTask
        );
    }

    private async Task SendEventsAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        await queue.SendEventAsync(request, 1, Body(request), cancellationToken);
        if (request.Twice)
        {
            _later.Add(
                AfterAsync(
                    request.Apart,
                    request.Number,
                    () => queue.SendEventAsync(request, 2, Body(request), cancellationToken),
                    cancellationToken
                )
            );
        }

        if (record.Twin?.Request is { } twin)
        {
            _later.Add(
                AfterAsync(
                    request.Apart,
                    request.Number,
                    () => queue.SendEventAsync(twin, 1, Body(twin), cancellationToken),
                    cancellationToken
                )
            );
        }
    }

    private async Task ArmAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        var dueAt = time.GetUtcNow() + TimeoutDelay;

        // A delay counts from now, so the second arming requests another time than the first.
        var timing = request.Twice
            ? $"\"after\":\"PT{TimeoutDelay.TotalSeconds.ToString(CultureInfo.InvariantCulture)}S\""
            : $"\"at\":\"{dueAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)}\"";
        var reason = request.Reason is { } given ? $",\"reason\":\"{given}\"" : "";
        var path = $"api/orders/{(request.ByHash ? "hash:" : "")}{request.Reference}/timeout";
        await CallAsync(record, HttpMethod.Put, path, $"{{{timing}{reason}}}", prefer: null, cancellationToken);
        record.ArmedLate = time.GetUtcNow() >= dueAt;
        switch (request.Way)
        {
            case Way.TimeoutPaidBefore:
                record.PaidInTime = Pay(record) && time.GetUtcNow() < dueAt;
                break;
            case Way.TimeoutPaidWhenDue:
                _later.Add(PayAtAsync(record, dueAt, cancellationToken));
                break;
            case Way.TimeoutDisarmed:
                var status = await api.DisarmAsync(record, path, cancellationToken);
                var isArmed = record.Answers.Any(static answer => answer.DueAt is not null);
                record.Disarmed = status == HttpStatusCode.NoContent && !record.ArmedLate;
                record.MaybeDisarmed =
                    status == HttpStatusCode.ServiceUnavailable
                    || (status == HttpStatusCode.NoContent && record.ArmedLate);
                record.NotDisarmed =
                    (status == HttpStatusCode.NotFound && isArmed)
                    || (status == HttpStatusCode.Conflict && time.GetUtcNow() < dueAt);
                break;
        }
    }

    private async Task AfterAsync(bool aWhile, int number, Func<Task> act, CancellationToken cancellationToken)
    {
        if (aWhile)
        {
            await Task.Delay(LongestWhile * (number % 16) / 16, time, cancellationToken);
        }

        await act();
    }

    /// <summary>
    /// Pays a few milliseconds after the cancel request, so that sometimes the payment is first and sometimes the
    /// cancel.
    /// </summary>
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

    /// <summary>Pays unless the order is already cancelled.</summary>
    private bool Pay(Record record)
    {
        var paid = simulator.Order(record.Request.OrderId).TryPay();
        chronicle.Add(record, paid ? "paid" : "not paid: cancelled before");
        return paid;
    }
}
