namespace Onramp.Cancellation.Redis.Tests;

/// <summary>The Redis of a test.</summary>
internal static class LocalRedis
{
    /// <summary>Starts one, or skips the test.</summary>
    public static Task<RedisProcess> StartAsync(params string[] arguments)
    {
        Assert.SkipWhen(RedisProcess.MissingPart is not null, RedisProcess.MissingPart ?? "");
        return RedisProcess.StartNewAsync(arguments);
    }
}
