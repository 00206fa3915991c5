using Microsoft.Extensions.Options;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Onramp.Cancellation.Cancelling;

/// <summary>
/// Cancels an order and establishes the true outcome. A clear success costs one call. After any other answer, or none,
/// the order's own state decides, so that repeating a request is always safe.
/// </summary>
public sealed class OrderCanceller
{
    /// <summary>The part of the budget in which calls may wait for permits. The rest is for the call itself.</summary>
    private const double LastPermit = 0.9;

    private readonly OnrampClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _budget;
    private readonly ResiliencePipeline<Progress> _attempts;

    internal OrderCanceller(OnrampClient client, IOptions<OnrampOptions> options, TimeSpan budget, TimeProvider time)
    {
        _client = client;
        _time = time;
        var settings = options.Value;

        _budget = budget;
        var builder = new ResiliencePipelineBuilder<Progress> { TimeProvider = new ElapsedTime(time) }.AddTimeout(
            _budget
        );
        if (settings.MaxRetries > 0)
        {
            builder.AddRetry(
                new RetryStrategyOptions<Progress>
                {
                    MaxRetryAttempts = settings.MaxRetries,
                    Delay = settings.RetryBaseDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = static args =>
                        ValueTask.FromResult(args.Outcome.Result is { IsWorthAnotherAttempt: true }),
                    DelayGenerator = static args => ValueTask.FromResult(args.Outcome.Result?.Last?.RetryAfter),
                }
            );
        }

        _attempts = builder.Build();
    }

    /// <summary>Cancels an order within the configured budget.</summary>
    /// <returns>The outcome. A refusal, an unknown order and a provider that does not answer are outcomes, not
    /// exceptions.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the order may or may not be
    /// cancelled.</exception>
    public async ValueTask<CancelOutcome> CancelAsync(CancelRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Progress progress = new(_time.GetTimestamp(), CallWait.For(_budget * LastPermit, LineOf(request), _time));
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            var result = await _attempts.ExecuteOutcomeAsync(
                static (context, state) =>
                    state.canceller.TryOnceAsync(state.request, state.progress, context.CancellationToken),
                context,
                (canceller: this, request, progress)
            );
            if (result.Exception is not null and not TimeoutRejectedException)
            {
                result.ThrowIfException();
            }

            var outcome =
                progress.Last
                ?? new CancelOutcome { Kind = OutcomeKind.Unavailable, Detail = "no answer within the time budget" };
            return outcome with
            {
                Attempts = request.EarlierAttempts + progress.Attempts,
                CompletedAt = _time.GetUtcNow(),
            };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>One attempt: cancelOrder, and the reads that settle its answer.</summary>
    private async ValueTask<Outcome<Progress>> TryOnceAsync(
        CancelRequest request,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        try
        {
            progress.Attempts++;
            progress.Last = await EstablishAsync(request, progress, cancellationToken);
            progress.IsWorthAnotherAttempt = IsWorthAnotherAttempt(progress.Last, progress.Started);
            return Outcome.FromResult(progress);
        }
        catch (Exception exception)
        {
            return Outcome.FromException<Progress>(exception);
        }
    }

    private async ValueTask<CancelOutcome> EstablishAsync(
        CancelRequest request,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        var order = request.Order;
        var wait = progress.Wait;
        ProviderReply? before = null;
        if (request.OnlyIfUnpaid)
        {
            before = await _client.CallAsync(ProviderOperation.GetOrder, order, wait, cancellationToken);
            if (before.IsOverBudget)
            {
                return NotCalled(progress, before);
            }

            if (!OutcomeRules.IsUnpaid(before))
            {
                return OutcomeRules.Settle(before, cancel: null, before: null);
            }

            if (request.GraceAfterEnd is { } grace && before.EndTime - _time.GetUtcNow() > -grace)
            {
                return OutcomeRules.NotExpired(before);
            }
        }

        var cancel = await _client.CallAsync(ProviderOperation.CancelOrder, order, wait, cancellationToken);
        if (cancel.IsOverBudget)
        {
            return before is null ? NotCalled(progress, cancel) : OutcomeRules.Settle(cancel, cancel: null, before);
        }

        if (OutcomeRules.IsClearSuccess(cancel, before))
        {
            return OutcomeRules.Cancelled(cancel);
        }

        var after = await _client.CallAsync(ProviderOperation.GetOrder, order, wait, cancellationToken);
        return OutcomeRules.Settle(after, cancel, before);
    }

    /// <summary>The attempt did not take place: its first call got no permit.</summary>
    private static CancelOutcome NotCalled(Progress progress, ProviderReply reply)
    {
        progress.Attempts--;
        return OutcomeRules.Settle(reply, cancel: null, before: null);
    }

    private static CallLine LineOf(CancelRequest request) =>
        request.Trigger switch
        {
            CancelTrigger.Http or CancelTrigger.Webhook => CallLine.Callers,
            CancelTrigger.Queue or CancelTrigger.Timeout => CallLine.Messages,
        };

    /// <summary>
    /// Another attempt at once does not help against refused credentials. A wait that outlasts the budget, or that is
    /// for the circuit to close or for a permit, is left to the caller or the queue.
    /// </summary>
    private bool IsWorthAnotherAttempt(CancelOutcome outcome, long started) =>
        outcome.Kind switch
        {
            OutcomeKind.Throttled or OutcomeKind.Unavailable => !outcome.IsCircuitOpen
                && !outcome.IsOverBudget
                && (outcome.RetryAfter is not { } wait || wait < _budget - _time.GetElapsedTime(started)),
            OutcomeKind.Cancelled
            or OutcomeKind.NotCancellable
            or OutcomeKind.NotFound
            or OutcomeKind.Rejected
            or OutcomeKind.Credentials => false,
        };

    /// <summary>The attempts for one request so far.</summary>
    private sealed class Progress(long started, CallWait wait)
    {
        public long Started => started;

        /// <summary>How each call waits for its permit.</summary>
        public CallWait Wait => wait;

        public int Attempts { get; set; }

        /// <summary>Whether another attempt should follow the last finished one.</summary>
        public bool IsWorthAnotherAttempt { get; set; }

        /// <summary>
        /// The outcome of the last finished attempt; also the answer when the budget ends during the next one.
        /// </summary>
        public CancelOutcome? Last { get; set; }
    }
}
