using Microsoft.Extensions.Options;
using Onramp.Cancellation.Onramp;

namespace Onramp.Cancellation.Redis;

/// <summary>Validates the address of the Redis. Errors never quote it, because it may contain a password.</summary>
internal sealed class RedisValidator : IValidateOptions<SharedLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, SharedLimitOptions options) =>
        string.IsNullOrEmpty(options.Redis) || RedisAddress.TryParse(options.Redis) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{SharedLimitOptions.RedisSetting} must be a host and a port, for example "
                    + "example.westeurope.redis.azure.net:10000 (TLS, signing in with the app's identity) or "
                    + "localhost:6379, or a configuration of StackExchange.Redis (host:port,password=…,ssl=true)."
            );
}
