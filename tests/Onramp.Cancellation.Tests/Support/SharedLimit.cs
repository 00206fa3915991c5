using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.Tests;

/// <summary>The limiter that all instances share, as a test directs it.</summary>
internal sealed class SharedLimit : RateLimiter
{
    private static readonly (string Name, string Value)[] Defaults =
    [
        ("Onramp__CallsPerSecond", "10"),
        ("Onramp__MaxInstances", "10"),
    ];

    private int _asked;
    private int _granted;

    /// <summary>Whether the nth question, from 1 on, is granted. It may throw.</summary>
    public Func<int, Task<bool>> Answer { get; set; } = static _ => Task.FromResult(true);

    public int Asked => Volatile.Read(ref _asked);

    public int Granted => Volatile.Read(ref _granted);

    public override TimeSpan? IdleDuration => null;

    /// <summary>A service with this limiter: 10 calls a second, of which it may make 1 on its own.</summary>
    public Service Create(params (string Name, string Value)[] settings) =>
        Service.Create(
            services => services.AddKeyedSingleton<RateLimiter>(OrderCancellation.SharedLimitKey, this),
            [.. Defaults.ExceptBy(settings.Select(static given => given.Name), static own => own.Name), .. settings]
        );

    /// <inheritdoc cref="Create"/>
    public async Task<Service> StartAsync(params (string Name, string Value)[] settings)
    {
        var service = Create(settings);
        await service.StartAsync();
        return service;
    }

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(
        int permitCount,
        CancellationToken cancellationToken
    )
    {
        Assert.Equal(1, permitCount);
        var isGranted = await Answer(Interlocked.Increment(ref _asked));
        if (isGranted)
        {
            Interlocked.Increment(ref _granted);
        }

        return new Lease(isGranted);
    }

    protected override RateLimitLease AttemptAcquireCore(int permitCount) =>
        throw new NotSupportedException("A limiter over a network is asynchronous.");

    private sealed class Lease(bool isAcquired) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
