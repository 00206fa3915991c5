using Microsoft.Extensions.Options;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Requests;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Onramp.Cancellation.Cancelling;

/// <summary>
/// Cancels an order and establishes the true outcome. A clear success costs one call; every other answer, and no
/// answer, is settled by the order's own state, so that repeating a request is always safe.
/// </summary>
public sealed class OrderCanceller
{
    private readonly OnrampClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _budget;
    private readonly ResiliencePipeline<Run> _tries;

    internal OrderCanceller(OnrampClient client, IOptions<OnrampOptions> options, TimeSpan budget, TimeProvider time)
    {
        _client = client;
        _time = time;
        var settings = options.Value;

        _budget = budget;
        var builder = new ResiliencePipelineBuilder<Run> { TimeProvider = new ElapsedTime(time) }.AddTimeout(_budget);
        if (settings.MaxRetries > 0)
        {
            builder.AddRetry(
                new RetryStrategyOptions<Run>
                {
                    MaxRetryAttempts = settings.MaxRetries,
                    Delay = settings.RetryBaseDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = static args =>
                        ValueTask.FromResult(args.Outcome.Result is { IsWorthAnotherTry: true }),
                    DelayGenerator = static args => ValueTask.FromResult(args.Outcome.Result?.Last?.RetryAfter),
                }
            );
        }

        _tries = builder.Build();
    }

    /// <summary>Cancels an order, within the budget that the options give.</summary>
    /// <returns>
    /// The outcome, whatever it is: a refusal, an unknown order and a provider that does not answer are outcomes, not
    /// exceptions.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the order may or may not be.</exception>
    public async ValueTask<CancelOutcome> CancelAsync(CancelRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var run = new Run(this, request, _time.GetTimestamp());
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            var result = await _tries.ExecuteOutcomeAsync(
                static (context, run) => run.Canceller.TryOnceAsync(run, context.CancellationToken),
                context,
                run
            );
            if (result.Exception is not null and not TimeoutRejectedException)
            {
                result.ThrowIfException();
            }

            var outcome =
                run.Last
                ?? new CancelOutcome { Kind = OutcomeKind.Unavailable, Detail = "no answer within the time budget" };
            return outcome with { Attempts = request.EarlierAttempts + run.Attempts, CompletedAt = _time.GetUtcNow() };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>One try: cancelOrder, and what it takes to settle it.</summary>
    private async ValueTask<Outcome<Run>> TryOnceAsync(Run run, CancellationToken cancellationToken)
    {
        var order = run.Request.Order;
        try
        {
            run.Attempts++;
            ProviderReply? before = run.Request.OnlyIfUnpaid
                ? await _client.CallAsync(ProviderOperation.GetOrder, order, cancellationToken)
                : null;
            if (before is not null && !OutcomeRules.IsUnpaid(before))
            {
                run.Last = OutcomeRules.Settle(before, cancel: null, before: null);
            }
            else
            {
                var cancel = await _client.CallAsync(ProviderOperation.CancelOrder, order, cancellationToken);
                run.Last = OutcomeRules.IsClearSuccess(cancel, before)
                    ? OutcomeRules.Cancelled(cancel)
                    : OutcomeRules.Settle(
                        await _client.CallAsync(ProviderOperation.GetOrder, order, cancellationToken),
                        cancel,
                        before
                    );
            }

            run.IsWorthAnotherTry = IsWorthAnotherTry(run.Last, run.Started);
            return Outcome.FromResult(run);
        }
        catch (Exception exception)
        {
            return Outcome.FromException<Run>(exception);
        }
    }

    /// <summary>
    /// Refused credentials do not get better by asking again at once, and a wait that outlasts the budget, or for the
    /// circuit to close, is the caller's or the queue's to make.
    /// </summary>
    private bool IsWorthAnotherTry(CancelOutcome outcome, long started) =>
        outcome.Kind switch
        {
            OutcomeKind.Throttled or OutcomeKind.Unavailable => !outcome.IsCircuitOpen
                && (outcome.RetryAfter is not { } wait || wait < _budget - _time.GetElapsedTime(started)),
            OutcomeKind.Cancelled
            or OutcomeKind.NotCancellable
            or OutcomeKind.NotFound
            or OutcomeKind.Rejected
            or OutcomeKind.Credentials => false,
        };

    /// <summary>One request on its way through its tries.</summary>
    private sealed class Run(OrderCanceller canceller, CancelRequest request, long started)
    {
        public OrderCanceller Canceller => canceller;

        public CancelRequest Request => request;

        public long Started => started;

        public int Attempts { get; set; }

        /// <summary>Whether the last finished try should be followed by another.</summary>
        public bool IsWorthAnotherTry { get; set; }

        /// <summary>
        /// What the last finished try came to; the answer also when the budget ends in the middle of the next.
        /// </summary>
        public CancelOutcome? Last { get; set; }
    }
}
