using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;
using Polly;

namespace Onramp.Cancellation.Outcomes;

/// <summary>Publishes and logs the end of a request: the one place where an outcome leaves the service.</summary>
public sealed partial class OutcomeReporter
{
    private readonly IOutcomePublisher _publisher;
    private readonly string _source;
    private readonly ILogger<OutcomeReporter> _logger;
    private readonly ResiliencePipeline _limit;

    internal OutcomeReporter(IOutcomePublisher publisher, IOptions<OutcomesOptions> options, TimeProvider time, ILogger<OutcomeReporter> logger)
    {
        _publisher = publisher;
        _source = options.Value.Source;
        _logger = logger;
        _limit = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Value.PublishTimeout).Build();
    }

    /// <summary>Publishes the outcome event.</summary>
    /// <returns>Whether the topic has taken it. False also when that is unknown: publishing it again is safe, it has the same id.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> ReportAsync(CancelRequest request, CancelOutcome outcome, CancellationToken cancellationToken)
    {
        Activity.Current?.SetTag("onramp.cancel.outcome", outcome.Kind.Row().Name);
        try
        {
            await _limit.ExecuteAsync(
                static (state, token) => new ValueTask(state._publisher.PublishAsync(state.message, token).WaitAsync(token)),
                (_publisher, message: OutcomeEvent.Create(request, outcome, _source)),
                cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotPublished(_logger, LogText.Of(request.RequestId), exception);
            return false;
        }

        if (_logger.IsEnabled(LogLevel.Information))
        {
            Finished(request, outcome);
        }

        return true;
    }

    private void Finished(CancelRequest request, CancelOutcome outcome)
    {
        var row = outcome.Kind.Row();
        Log.Finished(
            _logger, row.IsRetryable ? LogLevel.Warning : LogLevel.Information, row.FullName, request.Order, LogText.Of(request.RequestId), request.Trigger.Name(), LogText.Of(request.Caller ?? "none"), (int?)outcome.OrderStatus, outcome.Attempts, outcome.Detail ?? "none");
    }

    private static partial class Log
    {
        // Alerts look for the first words of this message.
        [LoggerMessage(EventId = 301, Message = "Cancel outcome {Outcome}: {Order}, request {RequestId}, trigger {Trigger}, caller {Caller}, order status {OrderStatus}, attempts {Attempts}, detail {Detail}")]
        public static partial void Finished(
            ILogger logger, LogLevel level, string outcome, OrderReference order, string requestId, string trigger, string caller, int? orderStatus, int attempts, string? detail);

        [LoggerMessage(302, LogLevel.Error, "Outcome of request {RequestId} could not be published")]
        public static partial void NotPublished(ILogger logger, string requestId, Exception exception);
    }
}
