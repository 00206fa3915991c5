using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Records;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// <c>POST /api/orders/cancel</c>: cancels an order now, or puts the request on the queue if the caller prefers that.
/// </summary>
internal sealed class CancelEndpoint(
    OrderCanceller canceller,
    OutcomeReporter reporter,
    RequestQueue queue,
    RequestRecords records,
    TimeProvider time
)
{
    private const string Replayed = "Idempotency-Replayed";

    public async ValueTask<IResult> AnswerAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var cancel = call.ToRequest(call.IsWebhook ? CancelTrigger.Webhook : CancelTrigger.Http, time.GetUtcNow());
        var isDeferred = RequestReader.PrefersAsync(call.Context.Request);
        if (isDeferred || call.RequestId is not null)
        {
            var (kind, record) = await records.ReserveAsync(cancel, call.IsWebhook, isDeferred, cancellationToken);
            if (kind == RepeatKind.Different)
            {
                return Problems.KeyReused(cancel.RequestId, NameOfId(call));
            }

            if (kind == RepeatKind.Finished)
            {
                return Answer(cancel, record!.Outcome!.ToOutcome()).With(Replayed, "true");
            }
        }

        if (isDeferred)
        {
            return await DeferAsync(cancel, cancellationToken);
        }

        var outcome = await canceller.CancelAsync(cancel, cancellationToken);
        var isPublished = await reporter.ReportAsync(cancel, outcome, started, cancellationToken);
        return isPublished ? Answer(cancel, outcome) : Problems.OutcomeNotPublished(cancel, outcome);
    }

    /// <summary>Where the caller wrote the request's id.</summary>
    private static string NameOfId(ApiCall call) =>
        (call.SignedId, call.IsWebhook) switch
        {
            (not null, _) => CallerReader.WebhookId,
            (null, true) => "id",
            (null, false) => IdempotencyKey.Header,
        };

    private static ApiResult Answer(CancelRequest request, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        var status = request.Trigger == CancelTrigger.Webhook ? row.WebhookStatus : row.HttpStatus;
        if (status != StatusCodes.Status200OK)
        {
            return Problems.Of(request, outcome, ProblemType.Of(row, row.Problem!).WithStatus(status));
        }

        OutcomeBody body = new()
        {
            RequestId = request.RequestId,
            OrderId = outcome.OrderIdFor(request.Order),
            Hash = request.Order.Hash,
            Outcome = row.Name,
            OrderStatus = (int?)outcome.OrderStatus,
            Detail = row.Problem?.Detail(outcome),
            Attempts = outcome.Attempts,
            CompletedAt = outcome.CompletedAt,
        };
        return ApiJson.Respond(status, body, ApiJson.Default.OutcomeBody);
    }

    private async Task<IResult> DeferAsync(CancelRequest request, CancellationToken cancellationToken) =>
        await queue.TryDeferAsync(request, cancellationToken)
            ? ApiJson.Respond(
                StatusCodes.Status202Accepted,
                new AcceptedBody(request.RequestId),
                ApiJson.Default.AcceptedBody,
                new KeyValuePair<string, string>("Location", RecordsEndpoint.PathOf(request)),
                new KeyValuePair<string, string>("Preference-Applied", "respond-async")
            )
            : Problems.QueueUnavailable(request.RequestId);
}
