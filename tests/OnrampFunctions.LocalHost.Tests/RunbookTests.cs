using System.Globalization;
using System.Net;
using StandardWebhooks;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// The runbooks of docs/security.md, step by step, with the time limit of each step on the service's clock.
/// </summary>
public sealed class RunbookTests
{
    private const string Leaked = "whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==";
    private const string New = "whsec_bmV3ZXIgc2VjcmV0IG9mIHRoZSBzaG9wLg==";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_leaked_callers_secret_is_replaced_without_a_refusal_and_refused_within_a_minute()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await SendAsync(host, Leaked));

        // 1. A new version: both are valid immediately. 2. The sender uses it.
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.PutAsync("/simulator/vault", $$"""{"webhookSecret":"{{New}}"}""")).Status
        );
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK),
            (await SendAsync(host, New), await SendAsync(host, Leaked))
        );

        // 3. The leaked version is disabled.
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.PutAsync("/simulator/vault", """{"disable":"webhook-shop/1"}""")).Status
        );
        host.Clock.Advance(Interval);

        // 4. The log says so, and the attacker is refused.
        await AssertLoggedAsync(host, "The secret of caller shop changed in Key Vault; valid versions: 1");
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (await SendAsync(host, New), await SendAsync(host, Leaked))
        );
    }

    [Fact]
    public async Task A_leaked_pair_is_replaced_without_a_failed_request_and_not_used_again()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);

        // 1. Both halves of the new pair are stored; Onramp does not accept it yet.
        ProviderCredentials next = new("next_key", "next_pair_secret");
        host.Host.Vault.Store(next);
        host.Clock.Advance(TimeSpan.FromMinutes(30));
        await AssertLoggedAsync(host, "signing with the new pair");
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1448")).Status);

        // 2. Onramp switches.
        host.Simulator.Credentials = next;
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);

        // 3. The old versions are disabled.
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.PutAsync("/simulator/vault", """{"disable":"onramp-api-key/1"}""")).Status
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await host.PutAsync("/simulator/vault", """{"disable":"onramp-api-secret/1"}""")).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
    }

    [Theory]
    [InlineData("""{"disable":"no-such-secret"}""")]
    [InlineData("""{"disable":"webhook-shop/2"}""")]
    [InlineData("""{"disable":"webhook-shop/0"}""")]
    [InlineData("""{"disable":"webhook-shop/one"}""")]
    [InlineData("""{"disable":"webhook-shop/1/2"}""")]
    [InlineData("""{"enable":""}""")]
    public async Task Cannot_disable_what_the_vault_does_not_have(string request)
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await host.PutAsync("/simulator/vault", request)).Status);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(host, Leaked));
    }

    private static Task AssertLoggedAsync(RunningHost host, string text) =>
        Task.Run(
            () =>
                Assert.True(
                    SpinWait.SpinUntil(
                        () => host.Log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)),
                        RunningHost.Patience
                    )
                ),
            RunningHost.Token
        );

    private static async Task<HttpStatusCode> SendAsync(RunningHost host, string secret)
    {
        const string body = """{"orderId":"1443"}""";
        var (id, now) = ($"msg-{Guid.NewGuid():N}", host.Clock.GetUtcNow());
        using var request = RunningHost.Request(
            HttpMethod.Post,
            "/api/orders/cancel",
            body,
            ("webhook-id", id),
            ("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("webhook-signature", new StandardWebhook(secret).Sign(id, now, body))
        );
        using var answer = await host.Client.SendAsync(request, RunningHost.Token);
        return answer.StatusCode;
    }
}
