using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;

namespace Made;

/// <summary>
/// A shop that calls by the client that NSwag has written. What a field's type is not does not compile.
/// </summary>
public sealed class Caller(HttpClient http)
{
    private readonly CancellationClient _client = new(http);

    public async Task<string> CancelAsync(long orderId)
    {
        var body = new CancelRequest
        {
            OrderId = orderId,
            Reason = "late",
            OnlyIfUnpaid = false,
        };
        return Describe(await _client.CancelOrderAsync("key-1", null, null, null, null, body));
    }

    public async Task<string> CancelByHashAsync(string hash) =>
        Describe(await _client.CancelOrderAsync("key-1", null, null, null, null, new CancelRequest { Hash = hash }));

    public async Task<string> DeferAsync(long orderId)
    {
        try
        {
            await _client.CancelOrderAsync(
                "key-1",
                "respond-async",
                null,
                null,
                null,
                new CancelRequest { OrderId = orderId }
            );
            return "not accepted";
        }
        catch (ApiException<Accepted> accepted)
        {
            return $"{accepted.StatusCode} {accepted.Result.RequestId}";
        }
    }

    public async Task<string> ArmAsync(long orderId, string after, DateTimeOffset? at)
    {
        var body = new TimeoutRequest
        {
            OrderId = orderId,
            After = after,
            At = at,
            Reason = "stale",
            OnlyIfUnpaid = true,
        };
        Armed armed = await _client.ArmOrderTimeoutAsync("key-1", null, null, null, body);
        DateTimeOffset dueAt = armed.DueAt;
        await _client.DisarmOrderTimeoutAsync(armed.TimeoutId, null, null, null);
        return $"{dueAt:u} {armed.RequestId}";
    }

    public async Task<string> FailAsync(long? orderId, string hash)
    {
        try
        {
            await _client.CancelOrderAsync(
                "key-1",
                null,
                null,
                null,
                null,
                new CancelRequest { OrderId = orderId, Hash = hash }
            );
            return "no problem";
        }
        catch (ApiException<Problem> failed)
        {
            Problem problem = failed.Result;
            ProblemType type = problem.Type;
            bool? retryable = problem.Retryable;
            int? orderStatus = problem.OrderStatus;
            ProblemOutcome? outcome = problem.Outcome;
            var pointers = string.Join(' ', problem.Errors?.Select(error => error.Pointer) ?? []);
            return $"{type} {problem.Status} {outcome} {orderStatus} {retryable} {problem.OrderId} {problem.RequestId} {pointers}";
        }
    }

    private static string Describe(Outcome outcome)
    {
        Outcome1 name = outcome.Outcome1;
        int? orderStatus = outcome.OrderStatus;
        int attempts = outcome.Attempts;
        DateTimeOffset completedAt = outcome.CompletedAt;
        return $"{outcome.RequestId} {outcome.OrderId} {outcome.Hash} {name} {orderStatus} {attempts} {outcome.Detail} {completedAt:u}";
    }
}
