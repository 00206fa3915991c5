namespace Onramp.Cancellation.Tests;

/// <summary>
/// A deliberate change in the vault takes effect at the next refresh, separately for the pair and for each caller.
/// While the vault is unreachable, the last valid values remain in use.
/// </summary>
[Collection(nameof(Console))]
public sealed class RevocationTests
{
    private const string Key = "onramp-api-key";
    private const string Secret = "onramp-api-secret";
    private const string Shop = "webhook-shop";
    private const string Other = "webhook-other";

    // The clock of the tests starts at 1,700,000,000 s.
    private const long Start = 1_700_000_000;
    private const long HalfHour = 1800;
    private const long Minute = 60;

    /// <summary>How a secret is revoked.</summary>
    private static readonly Dictionary<string, Action<FakeVault, string, long>> Ways = new()
    {
        // arita-yuto/video-review#214
        ["disabled"] = static (vault, name, _) => vault.Enable(name, false),

        // Azure/AzureKeyVault#19: the vault itself returns such versions with 200.
        ["expired"] = static (vault, name, now) => vault.Change(name, version => version with { Expires = now - 600 }),
        ["not valid before next week"] = static (vault, name, now) =>
            vault.Change(name, version => version with { NotBefore = now + (7 * 86_400) }),

        // external-secrets/external-secrets#3519
        ["deleted"] = static (vault, name, _) => vault.Secrets.Remove(name),

        // Azure/azure-sdk-for-js#24756
        ["deleted but recoverable"] = static (vault, name, _) =>
            vault.Faults[name] = static () =>
                FakeVault.Json(
                    409,
                    """{"error":{"code":"Conflict","message":"Secret is currently in a deleted but recoverable state.","innererror":{"code":"ObjectIsDeletedButRecoverable"}}}"""
                ),
    };

    public static TheoryData<string, string> WaysOfThePair =>
        [.. from way in Ways.Keys from name in (string[])[Key, Secret] select (way, name)];

    public static TheoryData<string> WaysOfACaller => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(WaysOfThePair))]
    public async Task Cannot_sign_with_a_pair_of_which_a_half_was_withdrawn(string way, string name)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);

        Ways[way](service.Vault, name, Start + HalfHour);
        service.Refresh(() => !service.Get<CredentialStore>().IsLoaded);

        var answer = await service.PostAsync(SigningShop.Body);
        Assert.Equal(502, answer.StatusCode);
        Assert.Equal(
            503,
            (
                await service.SendAsync(
                    new()
                    {
                        Method = "GET",
                        Path = "/api/health",
                        ContentType = null,
                    }
                )
            ).Status
        );
        Assert.Single(service.Provider.Calls);
        Assert.Contains(service.Log.Lines, static line => line.Id == 107);
    }

    [Theory]
    [InlineData(Key)]
    [InlineData(Secret)]
    public async Task Can_sign_again_at_once_when_a_withdrawn_half_is_enabled(string name)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        service.Vault.Enable(name, false);
        service.Refresh(() => !service.Get<CredentialStore>().IsLoaded);
        service.Vault.Enable(name, true);
        service.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    /// <summary>Which dates count as valid by our clock, with a tolerance of five minutes.</summary>
    [Theory]
    [InlineData("exp", -4 * Minute, true)]
    [InlineData("exp", -6 * Minute, false)]
    [InlineData("exp", 6 * Minute, true)]
    [InlineData("nbf", 4 * Minute, true)]
    [InlineData("nbf", 6 * Minute, false)]
    [InlineData("nbf", -6 * Minute, true)]
    public async Task A_secret_is_in_force_up_to_five_minutes_beyond_its_dates(
        string attribute,
        long seconds,
        bool isInForce
    )
    {
        foreach (var name in (string[])[Key, Secret])
        {
            await using var service = Service.Create();
            service.Vault.Change(name, version => At(version, attribute, seconds));
            if (isInForce)
            {
                await service.StartAsync();
            }
            else
            {
                Assert.Matches("has expired|not yet valid", await Startup.FailForSecretAsync(service));
            }
        }

        await using var callers = Create();
        callers.Vault.Change(Shop, version => At(version, attribute, seconds));
        await callers.StartAsync();
        Assert.Equal(isInForce ? 200 : 401, await SendAsync(callers, SigningShop.Secret));
    }

    [Fact]
    public async Task Cannot_sign_with_a_pair_for_next_week_while_there_is_one_for_today()
    {
        await using var service = Service.Create();
        foreach (var name in (string[])[Key, Secret])
        {
            service.Vault.Secrets[name] = "next-week";
            service.Vault.Change(name, static version => version with { NotBefore = Start + (7 * 86_400) });
        }

        await service.StartAsync();
        Assert.Equal("test_key", service.Get<CredentialStore>().Current.ApiKey);
    }

    [Theory]
    [MemberData(nameof(WaysOfACaller))]
    public async Task Cannot_sign_as_a_caller_whose_secret_was_withdrawn_and_others_can(string way)
    {
        await using var service = await StartAsync("require");
        Assert.Equal(200, await SendAsync(service, SigningShop.Secret));

        Ways[way](service.Vault, Shop, Start + Minute);
        Refresh(service, () => service.Log.Lines.Any(static line => line.Id == 113));

        Assert.Equal(
            (401, 200),
            (await SendAsync(service, SigningShop.Secret), await SendAsync(service, SigningShop.OtherSecret))
        );
    }

    /// <summary>Takes one interval and no longer.</summary>
    [Theory]
    [InlineData(null, 60)]
    [InlineData("00:00:10", 10)]
    public async Task A_leaked_callers_secret_that_was_rotated_twice_or_disabled_is_refused_within_the_interval(
        string? interval,
        int seconds
    )
    {
        foreach (var isDisabled in (bool[])[true, false])
        {
            await using var service = Create(
                "require",
                interval is null ? [] : [("Callers__RefreshInterval", interval)]
            );
            await service.StartAsync();
            Assert.Equal(200, await SendAsync(service, SigningShop.Secret));
            service.Vault.Secrets[Shop] = SigningShop.ThirdSecret;
            if (isDisabled)
            {
                service.Vault.Versions[Shop][0] = service.Vault.Versions[Shop][0] with { IsEnabled = false };
            }
            else
            {
                service.Vault.Secrets[Shop] = "whsec_" + Convert.ToBase64String("yet another secret of the shop"u8);
            }

            service.Time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.True(
                SpinWait.SpinUntil(() => service.Log.Lines.Any(static line => line.Id == 111), TimeSpan.FromSeconds(20))
            );
            Assert.Equal(
                (401, 200),
                (await SendAsync(service, SigningShop.Secret), await SendAsync(service, SigningShop.ThirdSecret))
            );
        }
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("require")]
    public async Task Cannot_lose_the_start_or_another_callers_rotation_to_one_caller_with_a_bad_secret(string mode)
    {
        foreach (
            var bad in (string[])
                [
                    "",
                    "TODO",
                    "whsec_",
                    "whsec_c2hvcnQ=",
                    "whsec_not base64 at all, and long enough to be",
                    "a very long secret in plain words",
                    "{\"a\":1}",
                    new('A', 25_000),
                ]
        )
        {
            await using var service = Create(mode);
            service.Vault.Versions[Shop] = [new(bad, 1)];
            await service.StartAsync();
            service.Provider.Otherwise = Answers.Cancelled;

            service.Vault.Secrets[Other] = SigningShop.ThirdSecret;
            Assert.Equal(
                (401, 200, 200),
                (
                    await SendAsync(service, SigningShop.Secret),
                    await SendAsync(service, SigningShop.OtherSecret),
                    await SendAsync(service, SigningShop.ThirdSecret)
                )
            );
            var warning = Assert.Single(service.Log.Lines, static line => line.Id == 113).Text;
            Assert.Contains("Cannot use secret 'webhook-shop' from Key Vault", warning, StringComparison.Ordinal);
            Assert.True(
                bad.Length < 6
                    || !warning
                        .Replace("whsec_ and", "", StringComparison.Ordinal)
                        .Contains(bad, StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [MemberData(nameof(WaysOfACaller))]
    public async Task Cannot_lose_the_start_to_one_caller_without_a_secret(string way)
    {
        await using var service = Create("require");
        Ways[way](service.Vault, Shop, Start);
        await service.StartAsync();
        Assert.Equal(
            (401, 200),
            (await SendAsync(service, SigningShop.Secret), await SendAsync(service, SigningShop.OtherSecret))
        );
    }

    [Fact]
    public async Task A_caller_whose_newest_version_is_malformed_keeps_the_one_before()
    {
        await using var service = await StartAsync("require");
        service.Vault.Secrets[Shop] = "TODO";
        Refresh(service, () => service.Log.Lines.Any(static line => line.Id == 113));
        Assert.Equal(200, await SendAsync(service, SigningShop.Secret));
    }

    public static TheoryData<string> Outages => VaultAnswer.Outages;

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Cannot_take_a_callers_last_good_secret_by_an_outage(string answer)
    {
        await using var service = await StartAsync("require");
        VaultAnswer.Play(answer, service.Vault);
        Refresh(service, () => service.Log.Lines.Any(static line => line.Id == 112));
        Assert.Equal(200, await SendAsync(service, SigningShop.Secret));
    }

    [Fact]
    public async Task A_secret_with_ten_thousand_versions_is_read_by_its_current_one_in_a_bounded_number_of_pages()
    {
        await using var service = Create("require");
        service.Vault.Versions[Shop] =
        [
            .. Enumerable
                .Range(0, 10_000)
                .Select(static number => new SecretVersion(
                    "whsec_" + Convert.ToBase64String(new byte[32]),
                    1 + (number * 7919 % 10_000)
                )),
        ];
        service.Vault.Versions[Shop].Add(new(SigningShop.Secret, 20_000));
        await service.StartAsync();
        Assert.InRange(service.Vault.Reads, 1, 30);
        Assert.Equal(
            (200, 200),
            (await SendAsync(service, SigningShop.Secret), await SendAsync(service, SigningShop.OtherSecret))
        );
    }

    [Fact]
    public async Task Among_five_hundred_versions_in_any_order_the_two_newest_are_good()
    {
        await using var service = Create("require");
        service.Vault.Versions[Shop] =
        [
            .. Enumerable
                .Range(0, 498)
                .Select(static number => new SecretVersion(
                    "whsec_" + Convert.ToBase64String(new byte[32]),
                    1 + (number * 7919 % 498)
                )),
        ];
        service.Vault.Versions[Shop].Insert(77, new(SigningShop.Secret, 20_000));
        service.Vault.Versions[Shop].Insert(333, new(SigningShop.ThirdSecret, 20_001));
        await service.StartAsync();
        Assert.Equal(
            (200, 200),
            (await SendAsync(service, SigningShop.Secret), await SendAsync(service, SigningShop.ThirdSecret))
        );
    }

    private static SecretVersion At(SecretVersion version, string attribute, long seconds) =>
        attribute == "exp" ? version with { Expires = Start + seconds } : version with { NotBefore = Start + seconds };

    private static async Task<int> SendAsync(Service service, string secret) =>
        (await service.SendAsync(SigningShop.Request(service, secret: secret))).Status;

    private static void Refresh(Service service, Func<bool> until)
    {
        service.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(SpinWait.SpinUntil(until, TimeSpan.FromSeconds(20)), "The refresh has not had its effect.");
    }

    private static Service Create(string mode = "require", params (string, string)[] settings)
    {
        var service = Service.Create([.. SigningShop.Settings(mode), ("Callers__Names__1", "other"), .. settings]);
        service.Vault.Versions[Shop] = [new(SigningShop.Secret, 1)];
        service.Vault.Versions[Other] = [new(SigningShop.OtherSecret, 1)];
        service.Provider.Otherwise = Answers.Cancelled;
        return service;
    }

    private static async Task<Service> StartAsync(string mode)
    {
        var service = Create(mode);
        await service.StartAsync();
        return service;
    }
}
