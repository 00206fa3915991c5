using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Telemetry;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// The resilience pipeline of every call to Onramp, outermost first: a concurrency limit, the limit of calls a second,
/// a circuit breaker, a timeout. There is one per process, because there is one provider.
/// </summary>
internal sealed partial class ProviderPipeline : IDisposable
{
    /// <summary>How long a call has waited for its permit; absent without a limit of calls a second.</summary>
    public static readonly ResiliencePropertyKey<TimeSpan> PermitWait = new("permit-wait");

    private readonly ConcurrencyLimiter _limiter;
    private readonly CallBudget _budget;
    private readonly ResiliencePipeline<ProviderReply> _pipeline;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly TimeProvider _time;
    private long _openUntil;

    public ProviderPipeline(
        IOptions<OnrampOptions> options,
        CallBudget budget,
        TimeProvider time,
        CancellationMetrics metrics,
        ILogger<ProviderPipeline> logger
    )
    {
        var settings = options.Value;
        (_budget, _time) = (budget, time);
        _limiter = new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions
            {
                PermitLimit = settings.MaxConcurrentCalls,
                QueueLimit = settings.MaxQueuedCalls,
            }
        );
        _pipeline = new ResiliencePipelineBuilder<ProviderReply> { TimeProvider = new ElapsedTime(time) }
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<ProviderReply>
                {
                    FailureRatio = settings.CircuitFailureRatio,
                    MinimumThroughput = settings.CircuitMinimumCalls,
                    SamplingDuration = settings.CircuitSamplingWindow,
                    BreakDuration = settings.CircuitBreakDuration,
                    ShouldHandle = static args =>
                        ValueTask.FromResult(
                            args.Outcome.Result is { IsDown: true }
                                || args.Outcome.Exception is TimeoutRejectedException
                        ),
                    StateProvider = _circuit,
                    OnOpened = args =>
                    {
                        Volatile.Write(
                            ref _openUntil,
                            time.GetTimestamp() + (long)(args.BreakDuration.TotalSeconds * time.TimestampFrequency)
                        );
                        Log.Opened(logger, args.BreakDuration.TotalSeconds);
                        return default;
                    },
                    OnClosed = _ =>
                    {
                        Log.Closed(logger);
                        return default;
                    },
                }
            )
            .AddTimeout(settings.CallTimeout)
            .Build();
        metrics.Observe(ServiceInstrument.CircuitState, () => (long)State);
        metrics.Observe(
            ServiceInstrument.PermitsInUse,
            () => settings.MaxConcurrentCalls - _limiter.GetStatistics()!.CurrentAvailablePermits - budget.Waiting
        );
        metrics.Observe(
            ServiceInstrument.PermitsWaiting,
            () => _limiter.GetStatistics()!.CurrentQueuedCount + budget.Waiting
        );
    }

    /// <summary>
    /// Polly only leaves the open state at the next call. Without one the circuit would be reported as open although it
    /// already lets calls through.
    /// </summary>
    private Circuit State =>
        _circuit.CircuitState switch
        {
            Polly.CircuitBreaker.CircuitState.Closed => Circuit.Closed,
            Polly.CircuitBreaker.CircuitState.HalfOpen => Circuit.Probing,
            _ => _time.GetTimestamp() < Volatile.Read(ref _openUntil) ? Circuit.Open : Circuit.Probing,
        };

    /// <summary>
    /// Makes one call and returns a reply, also after a failure. The call returns its exceptions instead of throwing
    /// them.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<ProviderReply> CallAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<ProviderReply>>> call,
        TState state,
        CallWait wait,
        CancellationToken cancellationToken
    )
    {
        using var permit = await _limiter.AcquireAsync(cancellationToken: cancellationToken);
        if (!permit.IsAcquired)
        {
            return new ProviderReply(ReplyKind.Throttled)
            {
                Error = "too many concurrent calls to Onramp from this process",
            };
        }

        TimeSpan? waited = null;
        if (_budget.IsLimited)
        {
            // While the circuit is open, calls neither take permits nor wait for them.
            if (State == Circuit.Open)
            {
                return ReplyJudge.NotCalled(_time.GetElapsedTime(_time.GetTimestamp(), Volatile.Read(ref _openUntil)));
            }

            waited = await _budget.WaitAsync(wait, cancellationToken);
            if (waited is null)
            {
                return _budget.Refusal;
            }
        }

        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        if (waited is { } permitWait)
        {
            context.Properties.Set(PermitWait, permitWait);
        }

        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(call, context, state);
            return outcome.Exception switch
            {
                null => outcome.Result!,
                TimeoutRejectedException late => ReplyJudge.Down(
                    $"no answer within {late.Timeout.TotalSeconds:0.###} s"
                ),
                BrokenCircuitException open => ReplyJudge.NotCalled(open.RetryAfter),
                _ => Rethrow(outcome),
            };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private static ProviderReply Rethrow(Outcome<ProviderReply> outcome)
    {
        outcome.ThrowIfException();
        throw new System.Diagnostics.UnreachableException();
    }

    /// <summary>The values of <see cref="ServiceInstrument.CircuitState"/>.</summary>
    private enum Circuit
    {
        Closed = 0,
        Probing = 1,
        Open = 2,
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Error, "Circuit opened: Onramp is not called for {Seconds} s")]
        public static partial void Opened(ILogger logger, double seconds);

        [LoggerMessage(202, LogLevel.Information, "Circuit closed: Onramp answers again")]
        public static partial void Closed(ILogger logger);
    }
}
