using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// <c>GET /api/requests/{id}</c> and <c>GET /api/orders/{order}/outcomes</c>: the state of a request, and the outcomes
/// of an order.
/// </summary>
internal sealed class RecordsEndpoint(RequestRecords records, TimeProvider time)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int PositionLength = 19 + 1 + 64;

    // How soon to ask again about a request that waits, in seconds.
    private const double Soonest = 1;
    private const double Latest = 60;

    public async ValueTask<IResult> RequestAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var id = call.Context.GetRouteValue("id") as string;
        var record = RequestRecord.IsId(id) ? await records.FindAsync(id!, cancellationToken) : null;

        // A caller only sees its own requests.
        return record is null || record.Caller != call.Caller ? Problems.RequestNotFound() : Answer(record);
    }

    public async ValueTask<IResult> OutcomesAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var query = call.Context.Request.Query;
        List<FieldFault> faults = [];
        var order = OrderPath.Read(call.Context);
        if (order is null)
        {
            faults.Add(OrderPath.Fault);
        }

        var limit = DefaultLimit;
        if (
            query.TryGetValue("limit", out var text)
            && (
                !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                || limit is < 1 or > MaxLimit
            )
        )
        {
            faults.Add(new("/limit", $"Must be a number from 1 to {MaxLimit}."));
        }

        string? after = query["after"];
        if (after is not null && !IsPosition(after))
        {
            faults.Add(new("/after", "Must be taken from next in an earlier response."));
        }

        if (faults.Count > 0)
        {
            return Problems.InvalidRequest(faults);
        }

        var (outcomes, next) = await records.OutcomesAsync(order!, limit, after, cancellationToken);
        return ApiJson.Respond(
            StatusCodes.Status200OK,
            new OutcomesBody
            {
                Outcomes = [.. outcomes.Select(outcome => BodyOf(outcome, call.Caller))],
                Next = next is null ? null : $"{PathOf(order!)}?limit={limit}&after={next}",
            },
            ApiJson.Outcomes,
            ApiJson.NotStored
        );
    }

    /// <summary>The path of the record of a request.</summary>
    public static string PathOf(CancelRequest request) => $"/{ApiRoute.Prefix}/requests/{request.RecordId}";

    private static string PathOf(OrderReference order) =>
        $"/{ApiRoute.Prefix}/orders/{OrderPath.Write(order)}/outcomes";

    private static bool IsPosition(string text) =>
        text.Length == PositionLength && text.All(static c => char.IsAsciiHexDigitLower(c) || c == '-');

    private ApiResult Answer(RequestRecord record)
    {
        if (record.Outcome is { } outcome)
        {
            return ApiJson.Respond(
                StatusCodes.Status200OK,
                new RequestBody
                {
                    RequestId = record.RequestId,
                    State = "finished",
                    OrderId = outcome.OrderId,
                    Outcome = outcome.Outcome.Row().Name,
                    ReasonCode = outcome.Outcome.Row().ReasonCode,
                    OrderStatus = (int?)outcome.OrderStatus,
                    Detail = outcome.Detail,
                    Attempts = outcome.Attempts,
                    CompletedAt = outcome.CompletedAt,
                },
                ApiJson.Default.RequestBody,
                ApiJson.NotStored
            );
        }

        var wait = (record.NextTryAt - time.GetUtcNow())?.TotalSeconds ?? Soonest;
        var retryAfter = Math.Ceiling(Math.Clamp(wait, Soonest, Latest)).ToString(CultureInfo.InvariantCulture);
        return ApiJson.Respond(
            StatusCodes.Status200OK,
            new RequestBody
            {
                RequestId = record.RequestId,
                State = "waiting",
                NextTryAt = record.NextTryAt,
                LastReason = record.WaitsFor,
            },
            ApiJson.Default.RequestBody,
            ApiJson.NotStored,
            new KeyValuePair<string, string>("Retry-After", retryAfter)
        );
    }

    /// <summary>An outcome in the list. Another caller's request id and reason are left out.</summary>
    private static OrderOutcomeBody BodyOf(RecordedOutcome outcome, string? caller)
    {
        var isOwn = outcome.Caller == caller;
        var row = outcome.Outcome.Row();
        return new OrderOutcomeBody
        {
            Outcome = row.Name,
            ReasonCode = row.ReasonCode,
            OrderId = outcome.OrderId,
            OrderStatus = (int?)outcome.OrderStatus,
            Detail = outcome.Detail,
            Trigger = outcome.Trigger,
            Attempts = outcome.Attempts,
            RequestId = isOwn ? outcome.RequestId : null,
            Reason = isOwn ? outcome.Reason : null,
            RequestedAt = outcome.RequestedAt,
            CompletedAt = outcome.CompletedAt,
        };
    }
}
