using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation;

/// <summary><c>POST /api/orders/cancel</c>: cancels an order now, or puts the request on the queue when the caller prefers that.</summary>
public sealed class CancelEndpoint
{
    private readonly OrderCanceller _canceller;
    private readonly OutcomeReporter _reporter;
    private readonly LimitedQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger<CancelEndpoint> _logger;

    internal CancelEndpoint(OrderCanceller canceller, OutcomeReporter reporter, LimitedQueue queue, TimeProvider time, ILogger<CancelEndpoint> logger)
    {
        _canceller = canceller;
        _reporter = reporter;
        _queue = queue;
        _time = time;
        _logger = logger;
    }

    /// <summary>Answers a request of any method.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing is known of the outcome.</exception>
    public async Task<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var (fields, problem) = await RequestReader.ReadAsync(request, allowsTiming: false, _logger, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }

            using var activity = TraceContext.Start("cancel order", new TraceParent(request.TraceParent, request.TraceState), ActivityKind.Server);
            var cancel = ToCancel(request, fields);
            if (RequestReader.PrefersAsync(request))
            {
                return await DeferAsync(cancel, cancellationToken);
            }

            var outcome = await _canceller.CancelAsync(cancel, cancellationToken);
            return await _reporter.ReportAsync(cancel, outcome, cancellationToken)
                ? Answer(cancel, outcome)
                : Problems.OutcomeNotPublished(cancel, outcome);
        }
        catch (Exception exception) when (EndpointGuard.IsFault(exception, cancellationToken))
        {
            return EndpointGuard.Answer(exception, _logger);
        }
    }

    private CancelRequest ToCancel(ApiRequest request, CancelFields fields)
    {
        var now = _time.GetUtcNow();
        return new CancelRequest
        {
            RequestId = request.IdempotencyKey ?? RequestIds.Create(now),
            Order = fields.Order,
            Reason = fields.Reason,
            OnlyIfUnpaid = fields.OnlyIfUnpaid ?? false,
            Trigger = CancelTrigger.Http,
            RequestedAt = now,
        };
    }

    private static ApiResponse Answer(CancelRequest request, CancelOutcome outcome) => outcome.Kind.Row().ProblemCode is not null
        ? Problems.Of(request, outcome)
        : ApiJson.Respond(
            200,
            new CancelledBody
            {
                RequestId = request.RequestId,
                OrderId = request.Order.OrderId,
                Hash = request.Order.Hash,
                Outcome = outcome.Kind.Row().Name,
                OrderStatus = (int?)outcome.OrderStatus,
                Attempts = outcome.Attempts,
                CompletedAt = outcome.CompletedAt,
            },
            ApiJson.Default.CancelledBody);

    private async Task<ApiResponse> DeferAsync(CancelRequest request, CancellationToken cancellationToken)
    {
        if (!await QueueGuard.TryAsync(token => _queue.SendAsync(QueueMessages.Deferred(request), token), _logger, cancellationToken))
        {
            return Problems.QueueUnavailable(request.RequestId);
        }

        return ApiJson.Respond(202, new AcceptedBody(request.RequestId), ApiJson.Default.AcceptedBody, new KeyValuePair<string, string>("Preference-Applied", "respond-async"));
    }
}
