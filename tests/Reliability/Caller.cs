using System.Globalization;
using System.Text;
using System.Text.Json;
using OnrampFunctions.Local;

namespace Reliability;

/// <summary>Asks for one cancel as an order system would: by HTTP or by message, over the wire, and repeats what it is told to repeat.</summary>
internal sealed class Caller(HttpClient http, LocalHost host, TimeProvider time)
{
    private const int MaxRepeats = 30;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);

    public Task AskAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        if (request.InitialStatus is { } status)
        {
            host.Simulator.Put(request.OrderId, status, hash: null, request.Refused ? FaultPlan.Refusals(request.Number) : []);
        }

        return request.Way switch
        {
            Way.Http => CallAsync(record, "api/orders/cancel", Body(request), prefer: null, cancellationToken),
            Way.HttpAsync => CallAsync(record, "api/orders/cancel", Body(request), prefer: "respond-async", cancellationToken),
            Way.Message => SendAsync(record, Body(request), "application/json", [], cancellationToken),
            Way.StructuredEvent => SendAsync(
                record,
                $$$"""{"specversion":"1.0","id":"{{{request.RequestId}}}","source":"/orders","type":"order.stale","data":{{{Body(request)}}}}""",
                "application/cloudevents+json",
                [],
                cancellationToken),
            Way.BinaryEvent => SendAsync(
                record,
                Body(request),
                "application/json",
                [("specversion", "1.0"), ("id", request.RequestId), ("source", "/orders"), ("type", "order.stale")],
                cancellationToken),
            Way.MalformedMessage => SendAsync(record, """{"orderId":7,"hash":""}""", "application/json", [], cancellationToken),
            _ => ArmAsync(record, cancellationToken),
        };
    }

    private static string Body(PlannedRequest request, string more = "")
        => $$"""{"orderId":"{{request.OrderId}}"{{(request.OnlyIfUnpaid ? ",\"onlyIfUnpaid\":true" : "")}}{{more}}}""";

    private async Task<JsonElement> CallAsync(Record record, string path, string body, string? prefer, CancellationToken cancellationToken)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            message.Headers.TryAddWithoutValidation("Idempotency-Key", record.Request.RequestId);
            message.Headers.TryAddWithoutValidation("Prefer", prefer);
            using var response = await http.SendAsync(message, cancellationToken);
            var json = (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken)).RootElement;
            record.Answers.Enqueue(Describe((int)response.StatusCode, json));
            if ((int)response.StatusCode is not (503 or 502) || repeat == MaxRepeats)
            {
                return json;
            }

            var asked = response.Headers.RetryAfter?.Delta ?? LongestWait;
            await Task.Delay(asked < LongestWait ? asked : LongestWait, time, cancellationToken);
        }
    }

    /// <summary>Status, problem code and outcome; the outcome stands last.</summary>
    private static string Describe(int status, JsonElement body)
    {
        var problem = body.TryGetProperty("type", out var type) ? type.GetString()!.Split(':')[^1] + " " : "";
        return $"{status} {problem}{(body.TryGetProperty("outcome", out var outcome) ? outcome.GetString() : "none")}";
    }

    private async Task SendAsync(
        Record record, string body, string contentType, (string Name, string Value)[] attributes, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "cancel-requests/messages")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { { "Content-Type", contentType } } },
        };
        message.Headers.TryAddWithoutValidation("BrokerProperties", $$"""{"MessageId":"{{record.Request.RequestId}}"}""");
        foreach (var (name, value) in attributes)
        {
            message.Headers.TryAddWithoutValidation("cloudEvents_" + name, $"\"{value}\"");
        }

        using var response = await http.SendAsync(message, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task ArmAsync(Record record, CancellationToken cancellationToken)
    {
        var request = record.Request;
        var dueAt = time.GetUtcNow() + TimeSpan.FromSeconds(2);
        var at = dueAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var armed = await CallAsync(record, "api/orders/timeouts", Body(request, $",\"at\":\"{at}\""), prefer: null, cancellationToken);
        if (request.Way == Way.TimeoutPaidMeanwhile && host.Simulator.TryGet(request.OrderId, out var order))
        {
            order.Status = OrderStates.Paid;
            record.PaidInTime = time.GetUtcNow() < dueAt;
        }

        // A repeated arming that answers with another number than the waiting message's cannot be taken back; the timeout fires then.
        if (request.Way == Way.TimeoutDisarmed && armed.TryGetProperty("timeoutId", out var id))
        {
            using var response = await http.DeleteAsync(new Uri($"api/orders/timeouts/{id.GetString()}", UriKind.Relative), cancellationToken);
            record.Disarmed = (int)response.StatusCode == 204;
        }
    }
}
