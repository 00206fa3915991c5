using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Callers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Limits the requests of one caller to this instance in a minute. Unnamed callers share one limit.
/// </summary>
internal sealed class CallerLimit(IOptions<CallersOptions> options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string>? _limiter = Create(options.Value.RequestsPerMinute);

    /// <summary>Counts a request against the caller's limit.</summary>
    /// <param name="caller">The caller's name; null for an unnamed caller.</param>
    /// <param name="retryAfter">When to retry; null if the request is within the limit.</param>
    /// <returns>Whether the request is within the limit.</returns>
    public bool TryPass(string? caller, out TimeSpan? retryAfter)
    {
        retryAfter = null;
        using var lease = _limiter?.AttemptAcquire(caller ?? "");
        if (lease is null or { IsAcquired: true })
        {
            return true;
        }

        retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
        return false;
    }

    public void Dispose() => _limiter?.Dispose();

    private static PartitionedRateLimiter<string>? Create(int limit)
    {
        if (limit == 0)
        {
            return null;
        }

        FixedWindowRateLimiterOptions options = new()
        {
            PermitLimit = limit,
            Window = Window,
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<string, string>(caller =>
            RateLimitPartition.GetFixedWindowLimiter(caller, _ => options)
        );
    }
}
