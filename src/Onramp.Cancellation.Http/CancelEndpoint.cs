using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Queueing;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http;

/// <summary><c>POST /api/orders/cancel</c>: cancels an order now, or puts the request on the queue when the caller prefers that.</summary>
internal sealed class CancelEndpoint(OrderCanceller canceller, OutcomeReporter reporter, RequestQueue queue, TimeProvider time, ILogger<CancelEndpoint> logger)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (fields, problem) = await RequestReader.ReadAsync(context.Request, allowsTiming: false, logger, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        using var activity = TraceContext.Start("cancel order", RequestReader.Trace(context.Request), ActivityKind.Server);
        var cancel = RequestReader.ToRequest(context.Request, fields, CancelTrigger.Http, time.GetUtcNow());
        if (RequestReader.PrefersAsync(context.Request))
        {
            return await DeferAsync(cancel, cancellationToken);
        }

        var outcome = await canceller.CancelAsync(cancel, cancellationToken);
        return await reporter.ReportAsync(cancel, outcome, cancellationToken)
            ? Answer(cancel, outcome)
            : Problems.OutcomeNotPublished(cancel, outcome);
    }

    private static IResult Answer(CancelRequest request, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        return row.Problem is { } problem
            ? Problems.Of(request, outcome, problem)
            : ApiJson.Respond(
                row.HttpStatus,
                new CancelledBody
                {
                    RequestId = request.RequestId,
                    OrderId = request.Order.OrderId,
                    Hash = request.Order.Hash,
                    Outcome = row.Name,
                    OrderStatus = (int?)outcome.OrderStatus,
                    Attempts = outcome.Attempts,
                    CompletedAt = outcome.CompletedAt,
                },
                ApiJson.Default.CancelledBody);
    }

    private async Task<IResult> DeferAsync(CancelRequest request, CancellationToken cancellationToken)
        => await queue.TryDeferAsync(request, cancellationToken)
            ? ApiJson.Respond(
                StatusCodes.Status202Accepted, new AcceptedBody(request.RequestId), ApiJson.Default.AcceptedBody, new KeyValuePair<string, string>("Preference-Applied", "respond-async"))
            : Problems.QueueUnavailable(request.RequestId);
}
