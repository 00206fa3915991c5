using System.Threading.RateLimiting;
using RedisRateLimiting;

namespace Onramp.Cancellation.Redis;

/// <summary>
/// A token bucket in Redis. It begins to connect when it is created, and fails while the connection is down. It never
/// waits for permits.
/// </summary>
internal sealed class RedisLimiter : RateLimiter
{
    // One Redis may be shared by several apps of the same account at Onramp, which then share the limit.
    private const string Key = "onramp-calls";

    private readonly Lock _gate = new();
    private readonly TokenBucket _bucket;
    private readonly RedisConnector _connector;
    private Task<RateLimiter> _limiter;

    public RedisLimiter(TokenBucket bucket, RedisConnector connector)
    {
        (_bucket, _connector) = (bucket, connector);
        _limiter = ConnectAsync();
    }

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => null;

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(
        int permitCount,
        CancellationToken cancellationToken
    )
    {
        var limiter = await Limiter().WaitAsync(cancellationToken);
        return await limiter.AcquireAsync(permitCount, cancellationToken);
    }

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) =>
        throw new NotSupportedException("Asking Redis is asynchronous.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connector.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        await _connector.DisposeAsync();
        await base.DisposeAsyncCore();
    }

    /// <summary>The limiter. After a failed sign-in the next caller starts another attempt.</summary>
    private Task<RateLimiter> Limiter()
    {
        lock (_gate)
        {
            if (_limiter.IsFaulted)
            {
                var failed = _limiter;
                _limiter = ConnectAsync();
                return failed;
            }

            return _limiter;
        }
    }

    private async Task<RateLimiter> ConnectAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return new RedisTokenBucketRateLimiter<string>(Key, _bucket.On(await _connector.ConnectAsync()));
    }
}
