using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Callers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// How many requests a minute one caller may send to this instance. Callers without a name share one limit.
/// </summary>
internal sealed class CallerLimit(IOptions<CallersOptions> options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string>? _limiter = options.Value.RequestsPerMinute is > 0 and var limit
        ? Create(limit)
        : null;

    /// <summary>Takes one request off what the caller may send.</summary>
    /// <param name="caller">Who; null for nobody who has a name.</param>
    /// <param name="retryAfter">When there is more; null when the request may pass.</param>
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

    private static PartitionedRateLimiter<string> Create(int limit) =>
        PartitionedRateLimiter.Create<string, string>(caller =>
            RateLimitPartition.GetFixedWindowLimiter(
                caller,
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = limit,
                    Window = Window,
                    QueueLimit = 0,
                }
            )
        );
}
