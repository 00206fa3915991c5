using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>Any response of a vault leads to a message at start, and later to the last valid pair.</summary>
[Collection(nameof(Console))]
public sealed class VaultAnswerTests
{
    private const string KeptOld = "Still signing with the previous pair: Cannot read secret 'onramp-api-";

    public static TheoryData<string> Cases => VaultAnswer.Cases;

    public static TheoryData<string> Outages => VaultAnswer.Outages;

    public static TheoryData<string> Withdrawals => VaultAnswer.Withdrawals;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Cannot_start_and_names_the_secret_the_vault_and_the_remedy(string answer)
    {
        await using var service = Service.Create();
        var played = VaultAnswer.Play(answer, service.Vault);

        Assert.Contains(played.Told, await Startup.FailForSecretAsync(service), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Cannot_take_the_last_good_pair_from_a_request_whose_signature_is_refused(string answer)
    {
        await using var service = await Service.StartAsync();
        var played = VaultAnswer.Play(answer, service.Vault);
        service.Provider.OnCancel(Answers.BadSignature, Answers.Cancelled).OnGet(Answers.BadSignature);

        Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);

        Assert.All(service.Provider.Calls, call => Assert.Equal("test_key", call.Headers["X-ONRAMP-APIKEY"]));
        AssertOneWarning(service, played.Told);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Cannot_take_the_last_good_pair_on_schedule_nor_end_the_process(string answer)
    {
        await using var service = await Service.StartAsync();
        var played = VaultAnswer.Play(answer, service.Vault);

        service.Refresh(() => service.Log.Lines.Any(line => line.Text.StartsWith(KeptOld, StringComparison.Ordinal)));

        AssertOneWarning(service, played.Told);
        (service.Vault.Fault, service.Vault.SignInFault) = (null, null);
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Vault.Secrets["onramp-api-key"] = "next_key";
        service.Vault.Secrets["onramp-api-secret"] = "next_secret";
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");
    }

    [Theory]
    [MemberData(nameof(Withdrawals))]
    public async Task Cannot_sign_with_a_pair_that_the_vault_has_withdrawn(string answer)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var played = VaultAnswer.Play(answer, service.Vault);

        service.Refresh(() => !service.Get<CredentialStore>().IsLoaded);

        Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);
        Assert.Empty(service.Provider.Calls);
        Assert.Contains(
            service.Log.Lines,
            line => line.Id == 107 && line.Text.Contains(played.Told, StringComparison.Ordinal)
        );
        service.Vault.Fault = null;
        service.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    /// <summary>The token is revoked before it expires [Azure/azure-sdk-for-net#54231].</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(4, false)]
    public async Task A_refused_token_is_replaced_by_one_new_one(int revoked, bool starts)
    {
        await using var service = Service.Create();
        (service.Vault.TokensLast, service.Vault.RevokedSignIns) = (true, 0);
        await service.StartAsync();
        Assert.Equal(1, service.Vault.SignIns);

        service.Vault.RevokedSignIns = revoked;
        service.Vault.Secrets["onramp-api-key"] = "next_key";
        service.Vault.Secrets["onramp-api-secret"] = "next_secret";
        service.Refresh(() =>
            starts
                ? service.Get<CredentialStore>().Current.ApiKey == "next_key"
                : service.Log.Lines.Any(static line => line.Id == 103)
        );

        Assert.InRange(service.Vault.SignIns, 2, 4);
        Assert.Equal(
            !starts,
            service.Log.Lines.Any(static line =>
                line.Text.Contains(
                    "the vault does not accept the sign-in, also with a new token",
                    StringComparison.Ordinal
                )
            )
        );
    }

    /// <summary>As often as in production: three times, with the service's clock.</summary>
    [Theory]
    [InlineData(503, 3, true)]
    [InlineData(500, 3, true)]
    [InlineData(429, 3, true)]
    [InlineData(408, 3, true)]
    [InlineData(503, 4, false)]
    [InlineData(403, 1, false)]
    public async Task A_vault_that_fails_for_a_moment_is_asked_again(int status, int times, bool starts)
    {
        await using var service = Service.Create();
        var left = times;
        service.Vault.Faults["onramp-api-key"] = () =>
            left-- > 0
                ? FakeVault.Json(
                    status,
                    """{"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource."}}"""
                )
                : FakeVault.Json(
                    200,
                    """{"value":"test_key","id":"https://kv-test.vault.azure.net/secrets/onramp-api-key/0","attributes":{"enabled":true}}"""
                );
        if (starts)
        {
            await service.StartAsync();
        }
        else
        {
            Assert.Contains(
                status == 403 ? "access is denied" : $"the vault answered {status}",
                await Startup.FailForSecretAsync(service),
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData(30, 0, 0)]
    [InlineData(20, 0, 0)]
    [InlineData(19, 19, 20)]
    [InlineData(6, 18, 20)]
    public async Task Cannot_start_while_the_vault_is_throttling_and_does_not_blame_the_network(
        int retryAfter,
        int atLeast,
        int atMost
    )
    {
        await using var service = Service.Create();
        service.Vault.Fault = _ =>
        {
            var answer = FakeVault.Json(
                429,
                """{"error":{"code":"Throttled","message":"Request was not processed because too many requests were received."}}"""
            );
            answer.Headers.TryAddWithoutValidation("Retry-After", $"{retryAfter}");
            return answer;
        };
        var begun = service.Time.GetUtcNow();
        Assert.Contains("the vault is throttling", await Startup.FailForSecretAsync(service), StringComparison.Ordinal);
        // The pair and the queue key are read in parallel, and the clock jumps once for each delay.
        Assert.InRange((service.Time.GetUtcNow() - begun).TotalSeconds, atLeast, 2 * atMost);
    }

    /// <summary>The client signs in once for concurrent requests, and the others wait for it.</summary>
    [Fact]
    public async Task Reports_the_sign_in_even_if_the_first_secret_only_waited_for_it()
    {
        SilentIdentity identity = new();
        await using var service = Service.Create(services =>
            services
                .AddSingleton<TokenCredential>(identity)
                .AddSingleton(
                    new SecretClientOptions { Transport = new HttpClientTransport(new LateChallenge(identity.Asked)) }
                )
        );
        var failed = Startup.FailForSecretAsync(service);
        await identity.Asked;
        service.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Contains("the identity endpoint does not answer", await failed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault", "it did not answer within 20 s")]
    [InlineData("identity", "the identity endpoint does not answer")]
    public async Task Cannot_start_without_a_response_within_the_startup_budget(string who, string told)
    {
        await using var service = Service.Create();
        Hang(service, who, TimeSpan.FromSeconds(20));

        Assert.Contains(told, await Startup.FailForSecretAsync(service), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault", "it did not answer within 6 s")]
    [InlineData("identity", "the identity endpoint does not answer")]
    public async Task Cannot_keep_a_request_waiting_for_longer_than_a_call(string who, string told)
    {
        await using var service = await Service.StartAsync();
        Hang(service, who, TimeSpan.FromSeconds(6));
        service.Provider.OnCancel(Answers.BadSignature).OnGet(Answers.Order(-3));
        var before = service.Time.GetUtcNow();

        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);

        Assert.Equal(TimeSpan.FromSeconds(6), service.Time.GetUtcNow() - before);
        AssertOneWarning(service, told);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cannot_keep_a_request_waiting_for_another_reading_behind_one_that_failed(bool onSchedule)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.BadSignature;
        var reads = service.Vault.Reads;
        Task<CancelOutcome>? behind = null;
        service.Vault.Fault = token =>
        {
            // It is refused too, and waits for the result of this read.
            behind ??= service.CancelAsync(orderId: "1444");
            service.Time.Advance(TimeSpan.FromSeconds(token.IsCancellationRequested ? 0 : 6));
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("There is no limit of 6 s.");
        };

        if (onSchedule)
        {
            service.Refresh(() => behind is { IsCompleted: true });
        }
        else
        {
            Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);
        }

        Assert.Equal(OutcomeKind.Credentials, (await behind!).Kind);

        // One read of the pair, whose second secret had no time left. On schedule the queue key is read too, before or
        // after that: its read can use up the time of the pair's, or come when there is nothing to wait for.
        Assert.InRange(service.Vault.Reads - reads, 1, onSchedule ? 3 : 1);
    }

    [Fact]
    public async Task Cannot_call_it_the_vaults_fault_when_the_caller_gives_up()
    {
        await using var service = await Service.StartAsync();
        using var caller = new CancellationTokenSource();
        service.Vault.Fault = _ =>
        {
            // The read continues, because others may wait for it.
            service.Vault.Fault = null;
            caller.Cancel();
            return FakeVault.Json(
                200,
                """{"value":"test_key","id":"https://kv-test.vault.azure.net/secrets/onramp-api-key/0","attributes":{"enabled":true}}"""
            );
        };
        service.Provider.OnCancel(Answers.BadSignature);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.CancelAsync(token: caller.Token));

        Assert.DoesNotContain(service.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    private static void AssertOneWarning(Service service, string told)
    {
        var warning = Assert.Single(service.Log.Lines, line => line.Text.StartsWith(KeptOld, StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains(told, warning.Text, StringComparison.Ordinal);
    }

    private static void Hang(Service service, string who, TimeSpan limit)
    {
        if (who == "vault")
        {
            service.Vault.Fault = token => throw PassTime(token);
        }
        else
        {
            service.Vault.SignInFault = PassTime;
        }

        Exception PassTime(CancellationToken token)
        {
            if (!token.IsCancellationRequested)
            {
                service.Time.Advance(limit);
            }

            token.ThrowIfCancellationRequested();
            return new InvalidOperationException($"There is no limit of {limit}.");
        }
    }

    /// <summary>Never answers.</summary>
    private sealed class SilentIdentity : TokenCredential
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken
        )
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new NotSupportedException();
        }
    }

    /// <summary>Requests a token for the key once the read of the secret signs in.</summary>
    private sealed class LateChallenge(Task signingIn) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (request.RequestUri!.AbsolutePath.Contains("key", StringComparison.Ordinal))
            {
                await signingIn;
            }

            HttpResponseMessage challenge = new(System.Net.HttpStatusCode.Unauthorized);
            challenge.Headers.TryAddWithoutValidation(
                "WWW-Authenticate",
                "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.azure.net\""
            );
            return challenge;
        }
    }
}
