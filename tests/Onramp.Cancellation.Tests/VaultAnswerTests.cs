using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>Whatever a vault answers: a sentence at the start; afterwards the last good pair.</summary>
[Collection(nameof(Console))]
public sealed class VaultAnswerTests
{
    private const string KeptOld = "Still signing with the pair read before: Cannot read secret 'onramp-api-";

    public static TheoryData<string> Cases => VaultAnswer.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Cannot_start_and_says_which_secret_of_which_vault_and_what_mends_it(string answer)
    {
        await using var service = Service.Create();
        var played = VaultAnswer.Play(answer, service.Vault);

        Assert.Contains(played.Told, await Startup.FailForSecretAsync(service), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
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
    [MemberData(nameof(Cases))]
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

    /// <summary>The client signs in once for requests that come at the same time: the others wait for it.</summary>
    [Fact]
    public async Task Is_told_of_the_sign_in_also_when_the_first_secret_only_waited_for_it()
    {
        SilentIdentity identity = new();
        await using var service = Service.Create(services => services
            .AddSingleton<TokenCredential>(identity)
            .AddSingleton(new SecretClientOptions { Transport = new HttpClientTransport(new LateChallenge(identity.Asked)) }));
        var failed = Startup.FailForSecretAsync(service);
        await identity.Asked;
        service.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Contains("the identity endpoint does not answer", await failed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault", "it did not answer within 20 s")]
    [InlineData("identity", "the identity endpoint does not answer")]
    public async Task Cannot_start_when_nobody_answers_within_the_startup_budget(string who, string told)
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
            // It is refused too, and waits for what this reading brings.
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
        Assert.Equal(reads + 2, service.Vault.Reads);
    }

    [Fact]
    public async Task Cannot_call_it_the_vaults_fault_when_the_caller_gives_up()
    {
        await using var service = await Service.StartAsync();
        using var caller = new CancellationTokenSource();
        service.Vault.Fault = token =>
        {
            caller.Cancel();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The caller's token does not reach the vault's client.");
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

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new NotSupportedException();
        }
    }

    /// <summary>Asks for a token: for the key, once the secret's reading is signing in.</summary>
    private sealed class LateChallenge(Task signingIn) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.Contains("key", StringComparison.Ordinal))
            {
                await signingIn;
            }

            HttpResponseMessage challenge = new(System.Net.HttpStatusCode.Unauthorized);
            challenge.Headers.TryAddWithoutValidation(
                "WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.azure.net\"");
            return challenge;
        }
    }
}
