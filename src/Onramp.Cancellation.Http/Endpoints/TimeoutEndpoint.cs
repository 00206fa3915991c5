using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// <c>POST /api/orders/timeouts</c> and <c>DELETE /api/orders/timeouts/{timeoutId}</c>: arms and disarms a stale-order
/// timeout.
/// </summary>
internal sealed class TimeoutEndpoint(OrderTimeouts timeouts, TimeProvider time)
{
    public async ValueTask<IResult> ArmAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var (fields, now) = (call.Fields, time.GetUtcNow());
        if (timeouts.FaultOf(fields, now) is { } fault)
        {
            return Problems.InvalidRequest([fault]);
        }

        using var span = RequestSpan.Start(ApiRoute.ArmOrderTimeout, call);
        var dueAt = fields.DueAt(now)!.Value;

        // Without a key, the order and the due time identify the request, so that a repeat is the same request.
        var cancel = call.ToRequest(CancelTrigger.Timeout, now, OrderTimeouts.RequestId(fields.Order, dueAt));
        if (await timeouts.TryArmAsync(cancel, dueAt, cancellationToken) is not { } armed)
        {
            return span.Answered(Problems.QueueUnavailable(cancel.RequestId));
        }

        var id = armed.Id.ToString();
        return span.Answered(
            ApiJson.Respond(
                StatusCodes.Status201Created,
                new ArmedBody(id, armed.DueAt, cancel.RequestId),
                ApiJson.Default.ArmedBody,
                new KeyValuePair<string, string>("Location", $"/{ApiRoute.Prefix}/{ApiRoute.ArmOrderTimeout.Path}/{id}")
            )
        );
    }

    public async ValueTask<IResult> DisarmAsync(ApiCall call, CancellationToken cancellationToken)
    {
        using var span = RequestSpan.Start(ApiRoute.DisarmOrderTimeout, call);
        if (!TimeoutId.TryParse(call.Context.GetRouteValue("timeoutId") as string, out var id))
        {
            return span.Answered(Problems.TimeoutNotFound());
        }

        var result = await timeouts.DisarmAsync(id, call.Caller, cancellationToken);
        return span.Answered(
            result switch
            {
                DisarmResult.Disarmed => TypedResults.NoContent(),
                DisarmResult.NotFound => Problems.TimeoutNotFound(),
                DisarmResult.Unconfirmed => Problems.QueueUnavailable(requestId: null),
            }
        );
    }
}
