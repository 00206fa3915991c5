using System.Threading.RateLimiting;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>The limiter as the app registers it.</summary>
internal static class Limiters
{
    public static ServiceProvider Create(
        string redis,
        double perSecond = 10,
        TokenCredential? identity = null,
        TimeProvider? time = null
    )
    {
        var configuration = Settings(redis, perSecond);
        ServiceCollection services = new();
        services.AddLogging().AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton(identity ?? new Identity());
        return services.AddOrderCancellation(configuration).AddSharedLimit(configuration).BuildServiceProvider();
    }

    public static IConfigurationRoot Settings(string redis, double perSecond = 10, int instances = 4) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["KeyVault:VaultUri"] = FakeVault.Address.ToString(),
                    ["Onramp:CallsPerSecond"] = FormattableString.Invariant($"{perSecond}"),
                    ["Onramp:MaxInstances"] = $"{instances}",
                    ["Onramp:SharedLimit:Redis"] = redis,
                    ["Onramp:BaseUrl"] = "https://onramp.test",
                }
            )
            .Build();

    public static RateLimiter Limiter(this ServiceProvider services) =>
        services.GetRequiredKeyedService<RateLimiter>(OrderCancellation.SharedLimitKey);

    /// <summary>Asks for permits.</summary>
    public static async Task<bool> AskAsync(this RateLimiter limiter, int permits = 1)
    {
        using var lease = await limiter.AcquireAsync(permits, TestContext.Current.CancellationToken);
        return lease.IsAcquired;
    }

    /// <summary>Asks until there is an answer.</summary>
    public static async Task<bool> AskUntilAnsweredAsync(this RateLimiter limiter, int permits = 1)
    {
        while (true)
        {
            try
            {
                return await limiter.AskAsync(permits);
            }
            catch (Exception exception)
                when (exception is not ArgumentException
                    && !TestContext.Current.CancellationToken.IsCancellationRequested
                )
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(20),
                    TimeProvider.System,
                    TestContext.Current.CancellationToken
                );
            }
        }
    }
}
