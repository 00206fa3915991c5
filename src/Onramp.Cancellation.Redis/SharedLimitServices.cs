using System.Threading.RateLimiting;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Onramp;

namespace Onramp.Cancellation.Redis;

/// <summary>Registers the limit of calls that all instances share, in Redis.</summary>
public static class SharedLimitServices
{
    /// <summary>
    /// Adds the limiter if <c>Onramp__SharedLimit__Redis</c> is set. A limiter that is already registered replaces this
    /// one. A Redis without a password needs a registered <see cref="TokenCredential"/>.
    /// </summary>
    public static IServiceCollection AddSharedLimit(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<SharedLimitOptions>, RedisValidator>();
        if (configuration[$"{SharedLimitOptions.SectionName}:{nameof(SharedLimitOptions.Redis)}"] is { Length: > 0 })
        {
            services.TryAddKeyedSingleton<RateLimiter>(
                OrderCancellation.SharedLimitKey,
                static (provider, _) =>
                    new RedisLimiter(
                        TokenBucket.For(provider.GetRequiredService<IOptions<OnrampOptions>>().Value.CallsPerSecond),
                        new RedisConnector(
                            provider.GetRequiredService<IOptions<SharedLimitOptions>>().Value.Redis!,
                            provider.GetRequiredService<TokenCredential>,
                            provider.GetRequiredService<TimeProvider>()
                        )
                    )
            );
        }

        return services;
    }
}
