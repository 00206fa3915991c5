namespace Onramp.Cancellation.Tests;

/// <summary>
/// The pair is rotated. Two secrets cannot be set at the same time, so every rotation is temporarily half done. Some
/// remain half done because the provider issued a new secret for the old key.
/// </summary>
public sealed class RotationTests
{
    private static readonly ApiCredentials Old = new("test_key", "test_secret");
    private static readonly ApiCredentials NewKey = new("next_key", "test_secret");
    private static readonly ApiCredentials NewSecret = new("test_key", "next_secret");
    private static readonly ApiCredentials New = new("next_key", "next_secret");

    [Fact]
    public async Task Can_change_to_a_whole_pair_on_schedule()
    {
        await using var service = await Service.StartAsync();
        using var meters = new Meters(service);
        Set(service, "next_key", "next_secret");
        service.Refresh(() =>
            service.Get<CredentialStore>().Current.ApiKey == "next_key"
            && meters.Now(ServiceInstrument.CredentialsAge) == 0
        );
    }

    [Theory]
    [InlineData("next_key", "test_secret")]
    [InlineData("test_key", "next_secret")]
    public async Task Cannot_lose_a_pair_that_works_to_half_of_a_rotation_on_schedule(string key, string secret)
    {
        await using var service = await StartAsync(new Merchant(Old));
        Set(service, key, secret);

        service.Refresh(() =>
            service.Log.Lines.Any(line =>
                line.Text.Contains("only one of the two secrets is new", StringComparison.Ordinal)
            )
        );

        await AssertCancelsAsync(service, calls: 1);
        Set(service, "next_key", "next_secret");
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");
    }

    [Theory]
    [InlineData("next_key", "test_secret")]
    [InlineData("test_key", "next_secret")]
    public async Task Can_use_half_of_a_rotation_that_onramp_accepts(string key, string secret)
    {
        await using var service = await StartAsync(new Merchant(new ApiCredentials(key, secret)));
        Set(service, key, secret);

        await AssertCancelsAsync(service, calls: 2);
        await AssertCancelsAsync(service, calls: 1);
    }

    [Fact]
    public async Task Can_go_back_to_the_whole_pair_when_onramp_refuses_the_half_too()
    {
        var merchant = new Merchant();
        await using var service = await StartAsync(merchant);
        Set(service, "next_key", "test_secret");
        await AssertRefusedAsync(service);

        // The refusal was temporary.
        merchant.Pairs = [Old];
        await AssertCancelsAsync(service, calls: 1, atMost: 2);
        await AssertCancelsAsync(service, calls: 1);
    }

    [Fact]
    public async Task Can_use_a_half_that_onramp_accepts_later()
    {
        var merchant = new Merchant();
        await using var service = await StartAsync(merchant);
        Set(service, "test_key", "next_secret");
        await AssertRefusedAsync(service);

        merchant.Pairs = [NewSecret];
        await AssertCancelsAsync(service, calls: 1, atMost: 2);
        await AssertCancelsAsync(service, calls: 1);
    }

    [Fact]
    public async Task Can_change_to_the_whole_pair_after_its_half_was_refused()
    {
        await using var service = await StartAsync(new Merchant(New));
        Set(service, "next_key", "test_secret");
        await AssertRefusedAsync(service);

        Set(service, "next_key", "next_secret");
        service.Time.Advance(TimeSpan.FromSeconds(5));

        await AssertCancelsAsync(service, calls: 2);
        await AssertCancelsAsync(service, calls: 1);
    }

    [Fact]
    public async Task Can_change_to_another_half_after_one_was_refused()
    {
        await using var service = await StartAsync(new Merchant(NewSecret));
        Set(service, "next_key", "test_secret");
        await AssertRefusedAsync(service);

        Set(service, "test_key", "next_secret");
        service.Time.Advance(TimeSpan.FromSeconds(5));

        await AssertCancelsAsync(service, calls: 2);
    }

    [Fact]
    public async Task Cannot_sign_with_a_half_that_was_revoked_in_the_vault()
    {
        var merchant = new Merchant(NewKey);
        await using var service = await StartAsync(merchant);
        Set(service, "next_key", "test_secret");
        await AssertCancelsAsync(service, calls: 2);

        service.Vault.Enable("onramp-api-key", false);
        merchant.Pairs = [Old];
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await AssertCancelsAsync(service, calls: 2);

        merchant.Pairs = [];
        service.Time.Advance(TimeSpan.FromSeconds(5));
        var before = service.Provider.Calls.Count;
        await AssertRefusedAsync(service);
        Assert.DoesNotContain(
            service.Provider.Calls.Skip(before),
            call => call.Headers["X-ONRAMP-APIKEY"] == "next_key"
        );
    }

    [Fact]
    public async Task Cannot_lose_an_accepted_half_to_one_stray_refusal()
    {
        var merchant = new Merchant(NewSecret);
        await using var service = await StartAsync(merchant);
        Set(service, "test_key", "next_secret");
        await AssertCancelsAsync(service, calls: 2);

        merchant.Pairs = [];
        await AssertRefusedAsync(service);
        merchant.Pairs = [NewSecret];

        await AssertCancelsAsync(service, calls: 1, atMost: 2);
    }

    /// <summary>Operators store both secrets before the provider switches to them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cannot_fail_a_request_by_a_whole_pair_that_onramp_does_not_accept_yet(bool isNewInstance)
    {
        var merchant = new Merchant(Old);
        await using var service = Service.Create();
        service.Provider.Otherwise = merchant.Answer;
        if (isNewInstance)
        {
            Set(service, "next_key", "next_secret");
            await service.StartAsync();
        }
        else
        {
            await service.StartAsync();
            await AssertCancelsAsync(service, calls: 1);
            Set(service, "next_key", "next_secret");
            service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");
        }

        await AssertCancelsAsync(service, calls: 2);
        await AssertCancelsAsync(service, calls: 1);
        Assert.True(Says(service, 106));

        // Then it does.
        merchant.Pairs = [New];
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await AssertCancelsAsync(service, calls: 2);
        await AssertCancelsAsync(service, calls: 1);
    }

    [Fact]
    public async Task Cannot_fail_one_of_many_requests_at_once_on_an_instance_that_starts_with_a_pair_that_onramp_does_not_accept_yet()
    {
        await using var service = Service.Create();
        service.Provider.Otherwise = new Merchant(Old).Answer;
        Set(service, "next_key", "next_secret");
        await service.StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => service.CancelAsync())));
        Assert.All(outcomes, static outcome => Assert.Equal(OutcomeKind.Cancelled, outcome.Kind));
    }

    [Theory]
    [InlineData("next_key", "test_secret")]
    [InlineData("test_key", "next_secret")]
    public async Task Cannot_fail_a_request_of_an_instance_that_starts_in_the_middle_of_a_rotation(
        string key,
        string secret
    )
    {
        await using var service = Service.Create();
        service.Provider.Otherwise = new Merchant(Old).Answer;
        Set(service, key, secret);
        await service.StartAsync();
        await AssertCancelsAsync(service, calls: 2);
    }

    [Fact]
    public async Task Cannot_forget_the_accepted_pair_by_two_wrong_ones()
    {
        await using var service = await StartAsync(new Merchant(Old));
        await AssertCancelsAsync(service, calls: 1);
        foreach (var wrong in (string[])["next", "last"])
        {
            Set(service, $"{wrong}_key", $"{wrong}_secret");
            service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == $"{wrong}_key");
        }

        await AssertCancelsAsync(service, calls: 2);
    }

    [Fact]
    public async Task Disabling_the_new_versions_goes_back_to_the_pair_before()
    {
        await using var service = await StartAsync(new Merchant(Old));
        await AssertCancelsAsync(service, calls: 1);
        Set(service, "next_key", "next_secret");
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");
        service.Vault.Enable("onramp-api-key", false);
        service.Vault.Enable("onramp-api-secret", false);
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "test_key");
        await AssertCancelsAsync(service, calls: 1);
    }

    [Theory]
    [InlineData("onramp-api-key")]
    [InlineData("onramp-api-secret")]
    public async Task Cannot_sign_with_the_accepted_pair_when_a_version_of_it_is_disabled(string name)
    {
        await using var service = await StartAsync(new Merchant(Old));
        await AssertCancelsAsync(service, calls: 1);
        Set(service, "next_key", "next_secret");
        service.Vault.Versions[name][0] = service.Vault.Versions[name][0] with { IsEnabled = false };
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");
        var before = service.Provider.Calls.Count;
        await AssertRefusedAsync(service);
        Assert.DoesNotContain(service.Provider.Calls.Skip(before), static call => Merchant.HasSigned(Old, call));
    }

    [Fact]
    public async Task Cannot_sign_before_the_start()
    {
        await using var service = Service.Create();
        var error = Assert.Throws<InvalidOperationException>(() => service.Get<CredentialStore>().Current);
        Assert.Equal("No credentials from Key Vault are loaded.", error.Message);
    }

    /// <summary>
    /// Both secrets have two versions, so there are four pairs. The provider has not accepted one yet, and the next
    /// request is signed with the newest alone.
    /// </summary>
    [Fact]
    public async Task No_pair_is_tried_twice_for_a_request_nor_a_refused_one_again_for_the_next()
    {
        await using var service = Service.Create();
        service.Provider.Otherwise = new Merchant().Answer;
        await service.StartAsync();
        Set(service, "next_key", "next_secret");
        await AssertRefusedAsync(service);
        await AssertRefusedAsync(service);

        Assert.Equal(
            ["old", "new", "new secret", "new key", "new"],
            service.Provider.Calls.Where(static call => call.Uri.Segments[^1] == "cancelOrder").Select(SignerOf)
        );

        static string SignerOf(ReceivedCall call) =>
            new[] { ("old", Old), ("new key", NewKey), ("new secret", NewSecret), ("new", New) }
                .Single(pair => Merchant.HasSigned(pair.Item2, call))
                .Item1;
    }

    [Fact]
    public async Task Cannot_flood_the_provider_or_the_vault_when_both_pairs_are_refused()
    {
        await using var service = await StartAsync(new Merchant());
        Set(service, "next_key", "test_secret");
        var reads = service.Vault.Reads;
        for (var request = 0; request < 10; request++)
        {
            await AssertRefusedAsync(service);
        }

        // The newest of both, whether the old ones are still valid, and their versions once.
        Assert.InRange(service.Vault.Reads, reads + 2, reads + 9);
        Assert.InRange(service.Provider.Calls.Count, 20, 42);
    }

    [Fact]
    public async Task Cannot_find_key_or_secret_in_any_line_of_the_log()
    {
        var merchant = new Merchant(Old);
        await using var service = await StartAsync(merchant);
        await AssertCancelsAsync(service, calls: 1);

        // Half a rotation on schedule and after a refusal, then the complete one, then a rotation on schedule, then a
        // vault that fails in every way.
        Set(service, "next_key", "test_secret");
        service.Refresh(() => Says(service, 104));
        merchant.Pairs = [New];
        await AssertRefusedAsync(service);
        Set(service, "next_key", "next_secret");
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await AssertCancelsAsync(service, calls: 2);
        Set(service, "last_key", "last_secret");
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "last_key");
        merchant.Pairs = [];
        foreach (var answer in VaultAnswer.All)
        {
            VaultAnswer.Play(answer.Case, service.Vault);
            service.Time.Advance(TimeSpan.FromSeconds(5));
            await AssertRefusedAsync(service);
        }

        (service.Vault.Fault, service.Vault.SignInFault) = (null, null);
        Set(service, "\"quoted_key\"", "quoted_secret");
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await AssertRefusedAsync(service);

        Assert.All(
            [101, 102, 103, 104, 105, 106, 107],
            id => Assert.True(Says(service, id), $"Event {id} has not been seen.")
        );
        Assert.All(
            service.Log.Lines,
            line => Assert.DoesNotMatch("(test|next|last|quoted|new)_(key|secret|value)", line.Text)
        );
    }

    /// <summary>Both halves are read once, and then both versions of the old pair are checked.</summary>
    [Fact]
    public async Task Cannot_read_the_vault_again_for_a_request_that_is_refused_while_a_new_pair_is_read()
    {
        await using var service = await Service.StartAsync(("KeyVault__ReloadCooldown", "00:00:00"));
        service.Provider.Otherwise = new Merchant(New).Answer;
        Set(service, "next_key", "next_secret");
        Task<CancelOutcome>? meanwhile = null;
        service.Vault.Faults["onramp-api-key"] = () =>
        {
            service.Vault.Faults.Clear();
            meanwhile = service.CancelAsync();
            var id = $"{FakeVault.Address}secrets/onramp-api-key/1";
            return FakeVault.Json(
                200,
                $$$"""{"value":"next_key","id":"{{{id}}}","attributes":{"enabled":true,"created":2}}"""
            );
        };

        var reads = service.Vault.Reads;
        var first = await service.CancelAsync();

        Assert.Equal((OutcomeKind.Cancelled, OutcomeKind.Cancelled), (first.Kind, (await meanwhile!).Kind));
        Assert.Equal(4, service.Vault.Reads - reads);
    }

    private static async Task<Service> StartAsync(Merchant merchant)
    {
        var service = await Service.StartAsync();
        service.Provider.Otherwise = merchant.Answer;
        return service;
    }

    private static bool Says(Service service, int eventId) => service.Log.Lines.Any(line => line.Id == eventId);

    private static void Set(Service service, string key, string secret)
    {
        // The background loop reads at the same time.
        lock (service.Vault.Secrets)
        {
            service.Vault.Secrets["onramp-api-key"] = key;
            service.Vault.Secrets["onramp-api-secret"] = secret;
        }
    }

    private static async Task AssertRefusedAsync(Service service) =>
        Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);

    private static async Task AssertCancelsAsync(Service service, int calls, int? atMost = null)
    {
        var before = service.Provider.Calls.Count;
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.InRange(service.Provider.Calls.Count - before, calls, atMost ?? calls);
    }
}
