using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Http;

/// <summary><c>POST /api/orders/timeouts</c> and <c>DELETE /api/orders/timeouts/{timeoutId}</c>: arms and disarms a stale-order timeout.</summary>
internal sealed class TimeoutEndpoint(OrderTimeouts timeouts, TimeProvider time, ILogger<TimeoutEndpoint> logger)
{
    public async ValueTask<IResult> ArmAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (fields, problem) = await RequestReader.ReadAsync(context.Request, allowsTiming: true, logger, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var (dueAt, fault) = timeouts.Due(fields);
        if (fault is not null)
        {
            return Problems.InvalidRequest([fault.Value]);
        }

        using var activity = TraceContext.Start("arm order timeout", RequestReader.Trace(context.Request), ActivityKind.Server);
        // Without a key, the order and the instant name the request, so that repeating it is the same request.
        var cancel = RequestReader.ToRequest(context.Request, fields, CancelTrigger.Timeout, time.GetUtcNow(), OrderTimeouts.RequestId(fields.Order, dueAt));
        if (await timeouts.TryArmAsync(cancel, dueAt, cancellationToken) is not { } armed)
        {
            return Problems.QueueUnavailable(cancel.RequestId);
        }

        // Text, because a sequence number does not fit the numbers of JavaScript.
        var id = armed.SequenceNumber.ToString(CultureInfo.InvariantCulture);
        return ApiJson.Respond(
            StatusCodes.Status201Created,
            new ArmedBody(id, armed.DueAt, cancel.RequestId),
            ApiJson.Default.ArmedBody,
            new KeyValuePair<string, string>("Location", $"/{ApiRoute.Prefix}/{ApiRoute.ArmOrderTimeout.Path}/{id}"));
    }

    public async ValueTask<IResult> DisarmAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!long.TryParse(context.GetRouteValue("timeoutId") as string, NumberStyles.None, CultureInfo.InvariantCulture, out var sequenceNumber))
        {
            return Problems.TimeoutNotFound();
        }

        return await timeouts.TryDisarmAsync(sequenceNumber, cancellationToken) switch
        {
            true => TypedResults.NoContent(),
            false => Problems.TimeoutNotFound(),
            null => Problems.QueueUnavailable(requestId: null),
        };
    }
}
