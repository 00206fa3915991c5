using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Onramp.Testing.Limits;
using StackExchange.Redis;

namespace Onramp.Cancellation.Redis.Tests;

/// <summary>The setting <c>Onramp__SharedLimit__Redis</c>: which values are valid, and who signs in.</summary>
public sealed class RedisSettingTests
{
    [Theory]
    [InlineData("redis://localhost:6379")]
    [InlineData("https://example.redis.azure.net:10000")]
    [InlineData(":6379")]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData("a b:6379")]
    [InlineData("localhost:port")]
    [InlineData("localhost:99999")]
    [InlineData("localhost:6379,passwort=hidden-words")]
    [InlineData("localhost:6379,ssl=maybe,password=hidden-words")]
    [InlineData("localhost:6379,connectTimeout=soon,password=hidden-words")]
    [InlineData("ssl=true,password=hidden-words")]
    public async Task Cannot_start_with_an_address_that_is_not_valid_and_does_not_repeat_it(string redis)
    {
        await using var services = Limiters.Create(redis);
        var failure = Assert.Throws<OptionsValidationException>(() =>
            services.GetRequiredService<IOptions<SharedLimitOptions>>().Value
        );
        Assert.StartsWith(
            "Onramp__SharedLimit__Redis must be a host and a port, for example",
            Assert.Single(failure.Failures),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hidden-words", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("[::1]:6379")]
    [InlineData("example.westeurope.redis.azure.net:10000")]
    [InlineData("10.0.0.4:6379,password=a,user=b,ssl=true")]
    [InlineData("a.example:6379,b.example:6379,defaultDatabase=3")]
    public async Task Accepts_hosts_and_configurations(string redis)
    {
        await using var services = Limiters.Create(redis);
        Assert.Equal(redis, services.GetRequiredService<IOptions<SharedLimitOptions>>().Value.Redis);
    }

    [Fact]
    public async Task Without_the_setting_no_limiter_is_registered()
    {
        await using var services = Limiters.Create("");
        Assert.Throws<InvalidOperationException>(services.Limiter);
    }

    /// <summary>A token is only sent over TLS, which is the default for other machines.</summary>
    [Theory]
    [InlineData("redis.invalid:10000", true)]
    [InlineData("redis.invalid:6379,ssl=true", true)]
    [InlineData("10.255.255.1:10000,connectTimeout=100", true)]
    [InlineData("redis.invalid:6379,ssl=false", false)]
    [InlineData("redis.invalid:10000,password=words", false)]
    [InlineData("127.0.0.1:1", false)]
    [InlineData("[::1]:1", false)]
    [InlineData("localhost:1", false)]
    public async Task Signs_in_with_the_identity_only_over_TLS_and_without_a_password(string redis, bool signsIn)
    {
        Identity identity = new();
        await using var services = Limiters.Create(redis, identity: identity);
        await Assert.ThrowsAnyAsync<Exception>(() =>
            services.Limiter().AskAsync().WaitAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(signsIn, identity.SignIns > 0);
        Assert.Equal(signsIn ? "https://redis.azure.com/.default" : null, identity.Scope);
    }

    /// <summary>A token that is about to expire must not make the app ask for tokens without a pause.</summary>
    [Theory]
    [InlineData(0, 30)]
    [InlineData(10, 30)]
    [InlineData(40, 30)]
    [InlineData(44, 33)]
    [InlineData(3600, 2700)]
    public async Task Renews_the_sign_in_after_three_quarters_of_the_tokens_life_or_half_a_minute(
        int lifetime,
        int renewal
    )
    {
        FakeTimeProvider time = new();
        Identity identity = new(time) { Lifetime = TimeSpan.FromSeconds(lifetime) };
        await using var services = Limiters.Create(
            "127.0.0.1:1,ssl=true,connectTimeout=100",
            identity: identity,
            time: time
        );
        await Assert.ThrowsAnyAsync<Exception>(() => services.Limiter().AskAsync());

        time.Advance(TimeSpan.FromSeconds(renewal) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, identity.SignIns);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(SpinWait.SpinUntil(() => identity.SignIns == 2, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task While_Redis_is_away_no_question_waits_for_it_and_the_connection_is_tried_again()
    {
        await using var services = Limiters.Create("127.0.0.1:1,connectTimeout=200");
        var limiter = services.Limiter();
        await Assert.ThrowsAnyAsync<Exception>(() => limiter.AskAsync());
        var options = HiddenPart.Of<ConfigurationOptions>(limiter);

        Assert.Equal(
            (false, BacklogPolicy.FailFast, 500, typeof(LinearRetry)),
            (
                options.AbortOnConnectFail,
                options.BacklogPolicy,
                options.AsyncTimeout,
                options.ReconnectRetryPolicy.GetType()
            )
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"oid":1}""")]
    [InlineData("""{"oid":null}""")]
    [InlineData("[]")]
    [InlineData("no json")]
    public async Task Cannot_sign_in_with_a_token_that_names_no_identity(string claims)
    {
        Identity identity = new() { Claims = claims };
        await using var services = Limiters.Create("redis.invalid:10000", identity: identity);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => services.Limiter().AskAsync());
        Assert.DoesNotContain(identity.Token(1), failure.Message, StringComparison.Ordinal);
    }
}
