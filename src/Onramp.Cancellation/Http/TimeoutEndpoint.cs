using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation;

/// <summary><c>POST /api/orders/timeouts</c> and <c>DELETE /api/orders/timeouts/{timeoutId}</c>: arms and disarms a stale-order timeout.</summary>
public sealed class TimeoutEndpoint
{
    private readonly OrderTimeouts _timeouts;
    private readonly TimeProvider _time;
    private readonly ILogger<TimeoutEndpoint> _logger;

    internal TimeoutEndpoint(OrderTimeouts timeouts, TimeProvider time, ILogger<TimeoutEndpoint> logger)
    {
        _timeouts = timeouts;
        _time = time;
        _logger = logger;
    }

    /// <summary>Arms a timeout.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be armed.</exception>
    public async Task<ApiResponse> ArmAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await AnswerArmAsync(request, cancellationToken);
        }
        catch (Exception exception) when (EndpointGuard.IsFault(exception, cancellationToken))
        {
            return EndpointGuard.Answer(exception, _logger);
        }
    }

    /// <summary>Disarms a timeout.</summary>
    /// <param name="request">The request.</param>
    /// <param name="timeoutId">The last segment of its path.</param>
    /// <param name="cancellationToken">Stops waiting for the queue.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be disarmed.</exception>
    public async Task<ApiResponse> DisarmAsync(ApiRequest request, string timeoutId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await AnswerDisarmAsync(request, timeoutId, cancellationToken);
        }
        catch (Exception exception) when (EndpointGuard.IsFault(exception, cancellationToken))
        {
            return EndpointGuard.Answer(exception, _logger);
        }
    }

    private async Task<ApiResponse> AnswerArmAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (fields, problem) = await RequestReader.ReadAsync(request, allowsTiming: true, _logger, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var (dueAt, fault) = _timeouts.Due(fields);
        if (fault is not null)
        {
            return Problems.InvalidRequest([fault.Value]);
        }

        using var activity = TraceContext.Start("arm order timeout", new TraceParent(request.TraceParent, request.TraceState), ActivityKind.Server);
        var cancel = new CancelRequest
        {
            // Without a key, the order and the instant name the request, so that repeating it is the same request.
            RequestId = request.IdempotencyKey ?? QueueMessages.TimeoutId(fields.Order, dueAt),
            Order = fields.Order,
            Reason = fields.Reason,
            OnlyIfUnpaid = fields.OnlyIfUnpaid ?? true,
            Trigger = CancelTrigger.Timeout,
            RequestedAt = _time.GetUtcNow(),
        };
        ScheduledCancel armed = default;
        if (!await QueueGuard.TryAsync(async token => armed = await _timeouts.ArmAsync(cancel, dueAt, token), _logger, cancellationToken))
        {
            return Problems.QueueUnavailable(cancel.RequestId);
        }

        // Text, because a sequence number does not fit the numbers of JavaScript.
        var id = armed.SequenceNumber.ToString(CultureInfo.InvariantCulture);
        return ApiJson.Respond(
            201, new ArmedBody(id, armed.DueAt, cancel.RequestId), ApiJson.Default.ArmedBody, new KeyValuePair<string, string>("Location", $"/api/orders/timeouts/{id}"));
    }

    private async Task<ApiResponse> AnswerDisarmAsync(ApiRequest request, string timeoutId, CancellationToken cancellationToken)
    {
        if (request.Method != "DELETE")
        {
            return Problems.MethodNotAllowed("DELETE");
        }

        if (!long.TryParse(timeoutId, NumberStyles.None, CultureInfo.InvariantCulture, out var sequenceNumber))
        {
            return Problems.TimeoutNotFound();
        }

        var disarmed = false;
        if (!await QueueGuard.TryAsync(async token => disarmed = await _timeouts.DisarmAsync(sequenceNumber, token), _logger, cancellationToken))
        {
            return Problems.QueueUnavailable(requestId: null);
        }

        return disarmed ? new ApiResponse { StatusCode = 204 } : Problems.TimeoutNotFound();
    }
}
