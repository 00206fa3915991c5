using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// The limit of calls a second (<see cref="OnrampOptions.CallsPerSecond"/>): of all instances, or of this process.
/// Limiters do not wait, so calls ask again, with jitter. In each line only the first calls ask and the others wait for
/// their turn: many calls that ask together would load the shared limiter, and the latest could win.
/// </summary>
public sealed partial class CallBudget : IDisposable
{
    private const double MostAsksPerSecond = 1000;

    // Task.Delay counts whole milliseconds, and does not wait for less.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestRetryAfter = TimeSpan.FromSeconds(5);

    private readonly double _perSecond;
    private readonly PacedLimiter? _own;
    private readonly FleetLimiter? _fleet;
    private readonly ConcurrencyLimiter _callers;
    private readonly ConcurrencyLimiter _messages;
    private readonly CancellationMetrics _metrics;
    private readonly TimeProvider _time;
    private int _waiting;

    /// <param name="options">The rate.</param>
    /// <param name="sharedOptions">Whether the rate is shared.</param>
    /// <param name="shared">The limiter that all instances share; null if this program has none.</param>
    /// <param name="metrics">Records waits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Creates loggers.</param>
    internal CallBudget(
        IOptions<OnrampOptions> options,
        IOptions<SharedLimitOptions> sharedOptions,
        RateLimiter? shared,
        CancellationMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        var settings = options.Value;
        (_perSecond, _metrics, _time) = (settings.CallsPerSecond, metrics, time);

        // At one answer a millisecond one call at a time reaches 1,000 a second.
        ConcurrencyLimiterOptions line = new()
        {
            PermitLimit = (int)Math.Ceiling(Math.Max(_perSecond, 1) / MostAsksPerSecond),
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        (_callers, _messages) = (new(line), new(line));
        if (!IsLimited)
        {
            return;
        }

        if (shared is not null)
        {
            _own = new(_perSecond / settings.MaxInstances, time);
            _fleet = new(shared, _own, time, loggers.CreateLogger<FleetLimiter>());
            return;
        }

        _own = new(_perSecond, time);
        if (!string.IsNullOrEmpty(sharedOptions.Value.Redis))
        {
            Log.NotShared(loggers.CreateLogger<CallBudget>(), SharedLimitOptions.RedisSetting);
        }
    }

    /// <summary>Whether there is a limit.</summary>
    internal bool IsLimited => _perSecond > 0;

    /// <summary>
    /// The limit in force: <c>shared</c> by all instances, this instance's <c>share</c> of it while the shared limit
    /// does not answer, or that of this <c>process</c>. Null for none.
    /// </summary>
    public string? InForce
    {
        get
        {
            if (!IsLimited)
            {
                return null;
            }

            return (_fleet?.InForce ?? PermitSource.Process).Name();
        }
    }

    /// <summary>Calls that wait for a permit.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The answer for a call that got no permit in time. It was not made.</summary>
    internal ProviderReply Refusal =>
        field ??= ReplyJudge.OverBudget(
            $"the limit of calls to Onramp ({_perSecond:0.###} a second) left none for this request in time",
            TimeSpan.FromSeconds(Math.Max(1 / _perSecond, ShortestRetryAfter.TotalSeconds))
        );

    /// <summary>Waits for the permit of one call.</summary>
    /// <returns>How long the call waited; null if it got none.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async ValueTask<TimeSpan?> WaitAsync(CallWait wait, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        Interlocked.Increment(ref _waiting);
        try
        {
            var (isGranted, source) = await AskInLineAsync(wait, cancellationToken);
            var waited = _time.GetElapsedTime(started);
            _metrics.Waited(source, isGranted, waited);
            return isGranted ? waited : null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _callers.Dispose();
        _messages.Dispose();
        _own?.Dispose();
    }

    private async ValueTask<(bool IsGranted, PermitSource Source)> AskInLineAsync(
        CallWait wait,
        CancellationToken cancellationToken
    )
    {
        var line = wait.Line switch
        {
            CallLine.Callers => _callers,
            CallLine.Messages => _messages,
        };
        var left = wait.Left(_time);
        var source = _fleet is null ? PermitSource.Process : PermitSource.Shared;
        using CancellationTokenSource late = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var turn = await line.AcquireAsync(permitCount: 1, either.Token);
            for (var refusals = 1; ; refusals++)
            {
                (var lease, source) = await AskAsync(either.Token);
                using (lease)
                {
                    if (lease.IsAcquired)
                    {
                        return (true, source);
                    }

                    await Task.Delay(Pause(lease, refusals), _time, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, source);
        }
    }

    private ValueTask<(RateLimitLease Lease, PermitSource Source)> AskAsync(CancellationToken cancellationToken) =>
        _fleet is null ? new((_own!.AttemptAcquire(), PermitSource.Process)) : _fleet.AskAsync(cancellationToken);

    /// <summary>
    /// As long as a limiter says, or about as long as the next permit takes. Calls that were refused often, because
    /// other instances were served, ask less often.
    /// </summary>
    private TimeSpan Pause(RateLimitLease lease, int refusals)
    {
        if (lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter))
        {
            return Longer(retryAfter, ShortestDelay);
        }

        var pause = TimeSpan.FromSeconds(1 / _perSecond) * (0.5 + Random.Shared.NextDouble());
        var shortest = ShortestPause * (0.5 + Random.Shared.NextDouble()) * Math.Min(refusals, 8);
        var longest = LongestPause * (0.5 + Random.Shared.NextDouble());
        return pause > longest ? longest : Longer(pause, shortest);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(
            223,
            LogLevel.Warning,
            "{Setting} has no effect in this program, which limits only its own calls"
        )]
        public static partial void NotShared(ILogger logger, string setting);
    }
}
