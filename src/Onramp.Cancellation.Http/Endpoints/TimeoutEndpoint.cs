using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// <c>PUT</c>, <c>GET</c> and <c>DELETE /api/orders/{order}/timeout</c>: arms or moves the caller's timeout on an
/// order, shows it or disarms it.
/// </summary>
internal sealed class TimeoutEndpoint(OrderTimeouts timeouts, TimeProvider time)
{
    public async ValueTask<IResult> AnswerAsync(ApiCall call, CancellationToken cancellationToken)
    {
        if (OrderPath.Read(call.Context) is not { } order)
        {
            return Problems.InvalidRequest([OrderPath.Fault]);
        }

        return call.Context.Request.Method switch
        {
            "PUT" => await ArmAsync(call, order, cancellationToken),
            "DELETE" => await DisarmAsync(call, order, cancellationToken),
            _ => await ShowAsync(call, order, cancellationToken),
        };
    }

    private async Task<IResult> ArmAsync(ApiCall call, OrderReference order, CancellationToken cancellationToken)
    {
        var (fields, now) = (call.Fields, time.GetUtcNow());
        if (timeouts.FaultOf(fields, now) is { } fault)
        {
            return Problems.InvalidRequest([fault]);
        }

        var armed = await timeouts.ArmAsync(
            new TimeoutChange
            {
                Order = order,
                Caller = call.Caller,
                Id = ChangeId("arm", call),
                AskedAt = now,
                DueAt = fields.DueAt(now),
                Reason = fields.Reason,
            },
            cancellationToken
        );
        return armed.Status switch
        {
            ArmStatus.Armed => Answer(StatusCodes.Status201Created, order, armed.Timeout!),
            ArmStatus.Moved or ArmStatus.Unchanged => Answer(StatusCodes.Status200OK, order, armed.Timeout!),
            ArmStatus.Firing => Problems.TimeoutFired(),
            ArmStatus.OrderNotWaiting => Problems.OrderNotWaiting(order, armed.Outcome!),
            ArmStatus.OrderHasNoEnd => Problems.InvalidRequest([
                new("/whenExpired", "Onramp reports no end time of this order: use after or at."),
            ]),
            ArmStatus.TablesUnavailable => Problems.RecordsUnavailable(),
            ArmStatus.QueueUnavailable => Problems.QueueUnavailable(requestId: null),
        };
    }

    private async Task<IResult> DisarmAsync(ApiCall call, OrderReference order, CancellationToken cancellationToken) =>
        await timeouts.DisarmAsync(order, call.Caller, ChangeId("disarm", call), cancellationToken) switch
        {
            DisarmResult.Disarmed => TypedResults.NoContent(),
            DisarmResult.NotFound => Problems.TimeoutNotFound(),
            DisarmResult.Fired => Problems.TimeoutFired(),
            DisarmResult.Unavailable => Problems.RecordsUnavailable(),
        };

    private async Task<IResult> ShowAsync(ApiCall call, OrderReference order, CancellationToken cancellationToken) =>
        await timeouts.FindAsync(order, call.Caller, cancellationToken) is { } timeout
            ? Answer(StatusCodes.Status200OK, order, timeout)
            : Problems.TimeoutNotFound();

    /// <summary>Anyone who reads a signed request can send it again. An unsigned one has no reliable id.</summary>
    private static string? ChangeId(string kind, ApiCall call) =>
        call.SignedId is null ? null : $"{kind} {call.SignedId}";

    private static ApiResult Answer(int status, OrderReference order, TimeoutRow timeout) =>
        ApiJson.Respond(
            status,
            new TimeoutBody
            {
                OrderId = order.OrderId,
                Hash = order.Hash,
                State = timeout.State.Name(),
                DueAt = timeout.DueAt,
                WhenExpired = timeout.FollowsOrder ? true : null,
                Reason = timeout.Reason,
                RequestId = timeout.Version,
                Outcome = timeout.Outcome,
            },
            ApiJson.Default.TimeoutBody,
            ApiJson.NotStored
        );
}
