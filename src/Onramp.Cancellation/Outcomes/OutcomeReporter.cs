using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;
using Polly;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Publishes and logs outcomes. No other code publishes them.</summary>
public sealed partial class OutcomeReporter
{
    private readonly IOutcomePublisher _publisher;
    private readonly OutcomeSeal _seal;
    private readonly string _source;
    private readonly TimeProvider _time;
    private readonly CancellationMetrics _metrics;
    private readonly ILogger<OutcomeReporter> _logger;
    private readonly ResiliencePipeline _limit;

    internal OutcomeReporter(
        IOutcomePublisher publisher,
        OutcomeSeal seal,
        IOptions<OutcomesOptions> options,
        TimeProvider time,
        CancellationMetrics metrics,
        ILogger<OutcomeReporter> logger
    )
    {
        (_publisher, _seal) = (publisher, seal);
        _source = options.Value.Source;
        (_time, _metrics) = (time, metrics);
        _logger = logger;
        _limit = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(options.Value.PublishTimeout)
            .Build();
    }

    /// <summary>Publishes the outcome event.</summary>
    /// <param name="request">The finished request.</param>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="started">When the work on it began: a timestamp of the monotonic clock.</param>
    /// <param name="cancellationToken">Cancels the attempt; the topic may or may not have the event.</param>
    /// <returns>Whether the topic has accepted the event. False also when that is unknown; publishing again is safe,
    /// because the event keeps its id.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> ReportAsync(
        CancelRequest request,
        CancelOutcome outcome,
        long started,
        CancellationToken cancellationToken
    )
    {
        if (ServiceSpans.Wanted)
        {
            ServiceSpans.Collected(Activity.Current)?.Describe(request, outcome);
        }

        using var span = ServiceSpans.StartSend(_publisher.Destination);
        try
        {
            var message = OutcomeEvent.Create(request, outcome, _source, _seal);
            span?.SetTag(TelemetryNames.MessageId, message.MessageId)
                .SetTag(TelemetryNames.ConversationId, message.CorrelationId);
            await _limit.ExecuteAsync(
                static (state, token) =>
                    new ValueTask(state._publisher.PublishAsync(state.message, token).WaitAsync(token)),
                (_publisher, message),
                cancellationToken
            );
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            span?.SetFailed(exception.GetType().FullName!);
            _metrics.NotPublished();
            Log.NotPublished(_logger, LogText.Of(request.RequestId), exception);
            return false;
        }

        var row = outcome.Kind.Row();
        _metrics.Finished(
            row.Name,
            request.Trigger.Name(),
            row.ReasonCode,
            outcome.Attempts,
            _time.GetElapsedTime(started)
        );
        if (_logger.IsEnabled(LogLevel.Information))
        {
            Finished(request, outcome, row);
        }

        return true;
    }

    private void Finished(CancelRequest request, CancelOutcome outcome, OutcomeRow row) =>
        Log.Finished(
            _logger,
            row.IsRetryable ? LogLevel.Warning : LogLevel.Information,
            row.FullName,
            outcome.Describe(request.Order),
            LogText.Of(request.RequestId),
            request.Trigger.Name(),
            LogText.Of(request.Caller ?? "none"),
            (object?)(int?)outcome.OrderStatus ?? "none",
            outcome.Attempts,
            outcome.Detail ?? "none"
        );

    private static partial class Log
    {
        // Alerts search for the first words of this message.
        [LoggerMessage(
            EventId = 301,
            Message = "Cancel outcome {Outcome}: {Order}, request {RequestId}, trigger {Trigger}, caller {Caller}, order status {OrderStatus}, attempts {Attempts}, detail {Detail}"
        )]
        public static partial void Finished(
            ILogger logger,
            LogLevel level,
            string outcome,
            string order,
            string requestId,
            string trigger,
            string caller,
            object orderStatus,
            int attempts,
            string? detail
        );

        [LoggerMessage(302, LogLevel.Error, "Outcome of request {RequestId} could not be published")]
        public static partial void NotPublished(ILogger logger, string requestId, Exception exception);
    }
}
