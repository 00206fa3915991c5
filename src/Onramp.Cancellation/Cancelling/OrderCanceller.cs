using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Onramp.Cancellation;

/// <summary>
/// Cancels an order and establishes the true outcome. A clear success costs one call; every other answer, and no answer,
/// is settled by the order's own state, so that repeating a request is always safe.
/// </summary>
public sealed class OrderCanceller
{
    private readonly OnrampClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _budget;
    private readonly ResiliencePipeline<CancelOutcome> _tries;

    internal OrderCanceller(OnrampClient client, IOptions<OnrampOptions> options, IOptions<OutcomesOptions> outcomes, TimeProvider time)
    {
        _client = client;
        _time = time;
        var settings = options.Value;

        // What is left of the caller's budget once the outcome has been given its time to be published.
        _budget = settings.TotalBudget - outcomes.Value.PublishTimeout;
        var builder = new ResiliencePipelineBuilder<CancelOutcome> { TimeProvider = time }.AddTimeout(_budget);
        if (settings.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<CancelOutcome>
            {
                MaxRetryAttempts = settings.MaxRetries,
                Delay = settings.RetryBaseDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { } outcome && IsWorthAnotherTry(outcome, args.Context)),
                DelayGenerator = static args => ValueTask.FromResult(args.Outcome.Result?.RetryAfter),
            });
        }

        _tries = builder.Build();
    }

    /// <summary>Cancels an order, within the budget that the options give.</summary>
    /// <returns>The outcome, whatever it is: a refusal, an unknown order and a provider that does not answer are outcomes, not exceptions.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the order may or may not be.</exception>
    public async Task<CancelOutcome> CancelAsync(CancelRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var run = new Run(request, _time.GetTimestamp());
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(Run.Key, run);
        try
        {
            var result = await _tries.ExecuteOutcomeAsync(TryOnceAsync, context, (_client, run));
            if (result.Exception is not null and not TimeoutRejectedException)
            {
                result.ThrowIfException();
            }

            var outcome = result.Result ?? run.Last ?? CancelOutcome.Failed(FailureReason.Unavailable, "no answer within the time budget");
            return outcome with { Attempts = request.EarlierAttempts + run.Attempts, CompletedAt = _time.GetUtcNow() };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>One try: cancelOrder, and what it takes to settle it.</summary>
    private static async ValueTask<Outcome<CancelOutcome>> TryOnceAsync(ResilienceContext context, (OnrampClient Client, Run Run) state)
    {
        var (client, run) = state;
        var (order, cancellationToken) = (run.Request.Order, context.CancellationToken);
        try
        {
            run.Attempts++;
            ProviderReply? before = run.Request.OnlyIfUnpaid ? await client.GetOrderAsync(order, cancellationToken) : null;
            if (before is not null && !OutcomeRules.IsUnpaid(before))
            {
                run.Last = OutcomeRules.Settle(before, cancel: null);
            }
            else
            {
                var cancel = await client.CancelOrderAsync(order, cancellationToken);
                run.Last = OutcomeRules.IsClearSuccess(cancel)
                    ? CancelOutcome.Cancelled
                    : OutcomeRules.Settle(await client.GetOrderAsync(order, cancellationToken), cancel);
            }

            return Outcome.FromResult(run.Last);
        }
        catch (Exception exception)
        {
            return Outcome.FromException<CancelOutcome>(exception);
        }
    }

    /// <summary>Refused credentials do not get better by asking again at once, and a wait that outlasts the budget is the caller's to make.</summary>
    private bool IsWorthAnotherTry(CancelOutcome outcome, ResilienceContext context)
        => outcome is { Kind: OutcomeKind.Failed, Reason: not FailureReason.Credentials }
           && (outcome.RetryAfter is not { } wait
               || (context.Properties.TryGetValue(Run.Key, out var run) && wait < _budget - _time.GetElapsedTime(run.Started)));

    private sealed class Run(CancelRequest request, long started)
    {
        public static readonly ResiliencePropertyKey<Run> Key = new("run");

        public CancelRequest Request => request;

        public long Started => started;

        public int Attempts { get; set; }

        /// <summary>What the last finished try came to: the answer when the budget ends in the middle of the next.</summary>
        public CancelOutcome? Last { get; set; }
    }
}
