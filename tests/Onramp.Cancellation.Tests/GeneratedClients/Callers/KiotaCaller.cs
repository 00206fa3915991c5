using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Made.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace Made;

/// <summary>
/// A shop that calls by the client that Kiota has written. What a field's type is not does not compile.
/// </summary>
public sealed class Caller(HttpClient http)
{
    private readonly CancellationClient _client = new(
        new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http)
        {
            BaseUrl = http.BaseAddress.ToString().TrimEnd('/'),
        }
    );

    public async Task<string> CancelAsync(long orderId) =>
        Describe(
            await PostAsync(
                new CancelRequest
                {
                    OrderId = orderId,
                    Reason = "late",
                    OnlyIfUnpaid = false,
                }
            )
        );

    public async Task<string> CancelByHashAsync(string hash) =>
        Describe(await PostAsync(new CancelRequest { Hash = hash }));

    public async Task<string> DeferAsync(long orderId)
    {
        // Kiota reads every success as the one of the lowest status.
        var accepted = await _client.Api.Orders.Cancel.PostAsync(
            new CancelRequest { OrderId = orderId },
            with =>
            {
                with.Headers.Add("Idempotency-Key", "key-1");
                with.Headers.Add("Prefer", "respond-async");
            }
        );
        return accepted.OutcomeProp is null ? $"202 {accepted.RequestId}" : "not accepted";
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
        Armed armed = await _client.Api.Orders.Timeouts.PostAsync(
            body,
            with => with.Headers.Add("Idempotency-Key", "key-1")
        );
        DateTimeOffset? dueAt = armed.DueAt;
        await _client.Api.Orders.Timeouts[armed.TimeoutId].DeleteAsync();
        return $"{dueAt:u} {armed.RequestId}";
    }

    public async Task<string> FailAsync(long? orderId, string hash)
    {
        try
        {
            await PostAsync(new CancelRequest { OrderId = orderId, Hash = hash });
            return "no problem";
        }
        catch (Problem problem)
        {
            Problem_type? type = problem.Type;
            bool? retryable = problem.Retryable;
            int? orderStatus = problem.OrderStatus;
            Problem_outcome? outcome = problem.Outcome;
            var pointers = string.Join(' ', problem.Errors?.Select(error => error.Pointer) ?? []);
            return $"{type} {problem.Status} {outcome} {orderStatus} {retryable} {problem.OrderId} {problem.RequestId} {pointers}";
        }
    }

    private Task<Outcome> PostAsync(CancelRequest body) =>
        _client.Api.Orders.Cancel.PostAsync(body, with => with.Headers.Add("Idempotency-Key", "key-1"));

    private static string Describe(Outcome outcome)
    {
        Outcome_outcome? name = outcome.OutcomeProp;
        int? orderStatus = outcome.OrderStatus;
        int? attempts = outcome.Attempts;
        DateTimeOffset? completedAt = outcome.CompletedAt;
        return $"{outcome.RequestId} {outcome.OrderId} {outcome.Hash} {name} {orderStatus} {attempts} {outcome.Detail} {completedAt:u}";
    }
}
