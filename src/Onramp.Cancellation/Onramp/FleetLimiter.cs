using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Asks the limit that all instances share. While that does not answer, this instance takes its own share of the rate:
/// one call finds out, and then one call every few seconds asks again. After that the instance keeps to both limits
/// until every other instance has had the time to return, so that both together are not used up.
/// </summary>
internal sealed partial class FleetLimiter(
    RateLimiter shared,
    PacedLimiter share,
    TimeProvider time,
    ILogger<FleetLimiter> logger
)
{
    /// <summary>How long the shared limit may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it is left alone after it has not answered.</summary>
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(10);

    // Timestamps. Zero while the shared limit answers.
    private long _askAgainAt;
    private long _keepToBothUntil = time.GetTimestamp();
    private long _warnAgainAt = time.GetTimestamp();

    /// <summary>The limit in force, as far as the last question showed.</summary>
    public PermitSource InForce => Volatile.Read(ref _askAgainAt) == 0 ? PermitSource.Shared : PermitSource.Share;

    /// <summary>Asks for a permit, without waiting for one to become free.</summary>
    public async ValueTask<(RateLimitLease Lease, PermitSource Source)> AskAsync(CancellationToken cancellationToken)
    {
        var askAgainAt = Volatile.Read(ref _askAgainAt);
        if (askAgainAt != 0 && !MayAskAgain(askAgainAt))
        {
            return Share();
        }

        if (askAgainAt != 0 || IsPast(Volatile.Read(ref _keepToBothUntil)))
        {
            return await AskSharedAsync(cancellationToken) ?? Share();
        }

        var own = Share();
        if (!own.Lease.IsAcquired)
        {
            return own;
        }

        var both = await AskSharedAsync(cancellationToken) ?? own;
        if (!both.Lease.IsAcquired)
        {
            share.Return();
        }

        return both;
    }

    /// <returns>Null if the shared limit did not answer.</returns>
    private async ValueTask<(RateLimitLease Lease, PermitSource Source)?> AskSharedAsync(
        CancellationToken cancellationToken
    )
    {
        try
        {
            var lease = await shared
                .AcquireAsync(permitCount: 1, cancellationToken)
                .AsTask()
                .WaitAsync(Patience, time, cancellationToken);
            Answered();
            return (lease, PermitSource.Shared);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            NotAnswered(exception);
            return null;
        }
    }

    private (RateLimitLease Lease, PermitSource Source) Share() => (share.AttemptAcquire(), PermitSource.Share);

    /// <summary>Whether the shared limit is asked again now: by one call at a time.</summary>
    private bool MayAskAgain(long at) =>
        IsPast(at) && Interlocked.CompareExchange(ref _askAgainAt, After(Break), at) == at;

    private void NotAnswered(Exception exception)
    {
        if (Interlocked.Exchange(ref _askAgainAt, After(Break)) == 0)
        {
            share.Restart();
        }

        var warnAgainAt = Volatile.Read(ref _warnAgainAt);
        if (
            IsPast(warnAgainAt)
            && Interlocked.CompareExchange(ref _warnAgainAt, After(BetweenWarnings), warnAgainAt) == warnAgainAt
        )
        {
            Log.NotAnswered(logger, share.PerSecond, exception.GetType().Name, LogText.Of(exception.Message));
        }
    }

    private void Answered()
    {
        if (Volatile.Read(ref _askAgainAt) != 0 && Interlocked.Exchange(ref _askAgainAt, 0) != 0)
        {
            Volatile.Write(ref _keepToBothUntil, After(Break));
            Log.Answered(logger);
        }
    }

    private bool IsPast(long timestamp) => time.GetTimestamp() >= timestamp;

    private long After(TimeSpan wait) => time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(
            221,
            LogLevel.Warning,
            "The shared limit of calls to Onramp does not answer. This instance keeps to its share, {Share} a second: "
                + "{Type}, {Reason}"
        )]
        public static partial void NotAnswered(ILogger logger, double share, string type, string reason);

        [LoggerMessage(222, LogLevel.Information, "The shared limit of calls to Onramp answers again")]
        public static partial void Answered(ILogger logger);
    }
}
