using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Requests signed with Standard Webhooks 1.0.0: rejections by invalid part, and how long a secret is valid.
/// </summary>
[Collection(nameof(Console))]
public sealed class WebhookSignatureTests
{
    /// <summary>
    /// The vector of the reference implementations [standard-webhooks/standard-webhooks, libraries' tests;
    /// svix/svix-webhooks].
    /// </summary>
    [Theory]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureVerdict.Valid)]
    [InlineData(
        "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        SignatureVerdict.Valid
    )]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureVerdict.NoMatch)]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureVerdict.NoMatch)]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureVerdict.NoMatch)]
    [InlineData("v1,", SignatureVerdict.NoMatch)]
    [InlineData("v1", SignatureVerdict.NoMatch)]
    [InlineData("v1,g0hM9SsE", SignatureVerdict.NoMatch)]
    [InlineData("v1,G0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", SignatureVerdict.NoMatch)]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=AAAA", SignatureVerdict.NoMatch)]
    [InlineData("", SignatureVerdict.Malformed)]
    public async Task The_reference_vector_is_valid_and_nothing_near_it(string signatures, SignatureVerdict expected)
    {
        await using var service = await StartAsync("accept");
        service.Time.SetWallClock(DateTimeOffset.FromUnixTimeSeconds(1614265330) - service.Time.GetUtcNow());
        var (verdict, caller) = await service
            .Get<CallerSignatures>()
            .VerifyAsync(
                new WebhookSignature(
                    "msg_p5jXN8AQM9LWM0D4loKWxJek",
                    "1614265330",
                    signatures,
                    target: null,
                    """{"test": 2432232314}"""u8.ToArray()
                ),
                TestContext.Current.CancellationToken
            );
        Assert.Equal((expected, expected == SignatureVerdict.Valid ? "shop" : null), (verdict, caller));
    }

    public static TheoryData<string, string> Changes =>
        new()
        {
            { "webhook-id", "msg-2" },
            { "webhook-id", "" },
            { "webhook-id", "-" },
            { "webhook-timestamp", "1700000001" },
            { "webhook-timestamp", "1699999699" },
            { "webhook-timestamp", "1700000301" },
            { "webhook-timestamp", "1700000000000" },
            { "webhook-timestamp", "-1700000000" },
            { "webhook-timestamp", "1.7e9" },
            { "webhook-timestamp", "2023-11-14T22:13:20Z" },
            { "webhook-timestamp", "-" },
            { "webhook-signature", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
            { "webhook-signature", "nonsense" },
            { "webhook-signature", "" },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_request_of_which_one_header_is_changed_is_refused(string name, string value)
    {
        await using var service = await StartAsync("accept");
        await RefusedAsync(
            service,
            SigningShop.Request(service).With(name, _ => value == "-" ? null : value),
            value.Length == 0 && name == "webhook-id" ? 400 : 401
        );
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\0")]
    public async Task A_body_that_means_the_same_and_is_not_byte_for_byte_what_was_signed_is_refused(string more)
    {
        await using var service = await StartAsync("accept");
        var request = SigningShop.Request(service);
        await RefusedAsync(service, request with { Body = Encoding.UTF8.GetBytes(SigningShop.Body + more) }, 401);
    }

    [Fact]
    public async Task A_signature_with_an_unknown_secret_is_refused()
    {
        await using var service = await StartAsync("accept");
        await RefusedAsync(service, SigningShop.Request(service, secret: SigningShop.OtherSecret), 401);
    }

    [Fact]
    public async Task An_unsigned_request_is_refused_where_signatures_are_required_and_health_is_not()
    {
        await using var service = await StartAsync("require");
        await RefusedAsync(service, new ContractRequest { Body = Encoding.UTF8.GetBytes(SigningShop.Body) }, 401);
        Assert.Equal(
            200,
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
        service.Provider.OnCancel(Answers.Cancelled);
        Assert.Equal(200, (await service.SendAsync(SigningShop.Request(service))).Status);
    }

    [Fact]
    public async Task Without_signature_checks_signatures_do_not_name_a_caller()
    {
        await using var service = await StartAsync("off");
        service.Provider.OnCancel(Answers.Cancelled);
        var answer = await service.SendAsync(SigningShop.Request(service));
        Assert.NotEqual("msg-1", answer.Text("requestId"));
        Assert.False(Service.Json(Assert.Single(service.Topic.Events).Body).TryGetProperty("caller", out _));
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task A_timestamp_up_to_five_minutes_off_is_good(int seconds)
    {
        await using var service = await StartAsync("require");
        service.Provider.OnCancel(Answers.Cancelled);
        var request = SigningShop.Request(service);
        var at = service.Time.GetUtcNow().AddSeconds(seconds);
        var signed = request
            .With(
                "webhook-timestamp",
                _ => at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
            .With("webhook-signature", _ => SigningShop.Sign(SigningShop.Secret, "msg-1", at, SigningShop.Body));
        Assert.Equal(200, (await service.SendAsync(signed)).Status);
    }

    [Fact]
    public async Task The_order_of_the_headers_and_the_case_of_their_names_mean_nothing()
    {
        await using var service = await StartAsync("require");
        service.Provider.Otherwise = Answers.Cancelled;
        var request = SigningShop.Request(service);
        Assert.Equal(200, (await service.SendAsync(request with { Headers = [.. request.Headers.Reverse()] })).Status);
        Assert.Equal(
            200,
            (
                await service.SendAsync(
                    request with
                    {
                        Headers =
                        [
                            .. request.Headers.Select(static header => (header.Name.ToUpperInvariant(), header.Value)),
                        ],
                    }
                )
            ).Status
        );
    }

    [Fact]
    public async Task The_two_newest_versions_of_a_secret_are_good_and_no_third_none_disabled_and_none_expired()
    {
        await using var service = Service.Create(SigningShop.Settings("require"));
        string[] secrets =
        [
            .. Enumerable
                .Range(0, 5)
                .Select(static number =>
                    "whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes($"secret number {number} of the shop"))
                ),
        ];
        service.Vault.Versions["webhook-shop"] =
        [
            new(secrets[0], 100),
            new(secrets[1], 500, IsEnabled: false),
            new(secrets[2], 300),
            new(secrets[3], 200),
            new(secrets[4], 400, Expires: 1_600_000_000),
        ];
        await service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        List<int> statuses = [];
        foreach (var secret in secrets)
        {
            statuses.Add((await service.SendAsync(SigningShop.Request(service, secret: secret))).Status);
        }

        Assert.Equal([401, 401, 200, 200, 401], statuses);
    }

    [Fact]
    public async Task No_request_is_refused_while_a_secret_changes()
    {
        await using var service = await StartAsync("require");
        service.Provider.Otherwise = Answers.Cancelled;
        var before = SigningShop.Request(service, id: "before");
        service.Vault.Versions["webhook-shop"].Add(new(SigningShop.OtherSecret, 2));
        var after = SigningShop.Request(service, id: "after", secret: SigningShop.OtherSecret);
        var statuses = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(number => service.SendAsync(number % 2 == 0 ? before : after))
        );
        Assert.All(statuses, static answer => Assert.Equal(200, answer.Status));
    }

    /// <summary>
    /// They caused a read of the vault before it had the new secret. One or two do not affect the next request, but
    /// many make it wait.
    /// </summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 5)]
    [InlineData(20, 5)]
    public async Task No_request_is_refused_because_of_wrong_signatures_of_others_just_before_a_change(
        int wrong,
        int seconds
    )
    {
        await using var service = await StartAsync("require");
        service.Provider.Otherwise = Answers.Cancelled;
        for (var request = 0; request < wrong; request++)
        {
            Assert.Equal(
                401,
                (await service.SendAsync(SigningShop.Request(service, secret: SigningShop.ThirdSecret))).Status
            );
        }

        service.Vault.Versions["webhook-shop"].Add(new(SigningShop.OtherSecret, 2));
        var before = service.Time.GetUtcNow();
        Assert.Equal(
            200,
            (await service.SendAsync(SigningShop.Request(service, secret: SigningShop.OtherSecret))).Status
        );
        Assert.Equal(TimeSpan.FromSeconds(seconds), service.Time.GetUtcNow() - before);
    }

    [Fact]
    public async Task No_request_is_refused_because_of_a_read_that_started_before_the_secret_changed()
    {
        await using var service = await StartAsync("require");
        service.Provider.Otherwise = Answers.Cancelled;
        Task<ContractAnswer>? meanwhile = null;
        service.Vault.Fault = _ =>
        {
            // Still without the new version, which is set before the response arrives.
            service.Vault.Fault = null;
            service.Vault.Versions["webhook-shop"].Add(new(SigningShop.OtherSecret, 2));
            meanwhile = service.SendAsync(SigningShop.Request(service, secret: SigningShop.OtherSecret));
            return FakeVault.Json(
                200,
                $$$"""{"value":[{"id":"{{{FakeVault.Address}}}secrets/webhook-shop/0","attributes":{"enabled":true,"created":1}}]}"""
            );
        };
        Assert.Equal(
            401,
            (await service.SendAsync(SigningShop.Request(service, secret: SigningShop.ThirdSecret))).Status
        );
        Assert.Equal(200, (await meanwhile!).Status);
    }

    /// <summary>A read consists of a list of versions and the two newest secrets.</summary>
    [Fact]
    public async Task A_request_that_arrives_during_a_read_with_its_secret_needs_no_other_read()
    {
        await using var service = await StartAsync("require");
        service.Provider.Otherwise = Answers.Cancelled;
        service.Vault.Versions["webhook-shop"].Add(new(SigningShop.OtherSecret, 2));
        Task<ContractAnswer>? meanwhile = null;
        service.Vault.Fault = _ =>
        {
            service.Vault.Fault = null;
            meanwhile = service.SendAsync(SigningShop.Request(service, id: "msg-2", secret: SigningShop.OtherSecret));
            var versions = Enumerable
                .Range(0, 2)
                .Select(static version =>
                    $$$"""
                        {
                            "id": "{{{FakeVault.Address}}}secrets/webhook-shop/{{{version}}}",
                            "attributes": { "enabled": true, "created": {{{version + 1}}} }
                        }
                        """
                );
            return FakeVault.Json(200, $$"""{"value":[{{string.Join(',', versions)}}]}""");
        };
        var reads = service.Vault.Reads;
        var first = await service.SendAsync(SigningShop.Request(service, secret: SigningShop.OtherSecret));

        Assert.Equal((200, 200), (first.Status, (await meanwhile!).Status));
        Assert.Equal(3, service.Vault.Reads - reads);
    }

    /// <summary>It does not join the read that follows.</summary>
    [Fact]
    public async Task Cannot_keep_a_request_waiting_behind_a_read_for_longer_than_a_call()
    {
        await using var service = await StartAsync("require");
        var begun = service.Time.GetUtcNow();
        Task<ContractAnswer>? behind = null;
        service.Vault.Fault = token =>
        {
            behind ??= service.SendAsync(SigningShop.Request(service, secret: SigningShop.ThirdSecret));
            service.Time.Advance(TimeSpan.FromSeconds(token.IsCancellationRequested ? 0 : 6));
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("There is no limit of 6 s.");
        };

        var first = await service.SendAsync(SigningShop.Request(service, secret: SigningShop.ThirdSecret));

        Assert.Equal((401, 401), (first.Status, (await behind!).Status));
        Assert.Equal(TimeSpan.FromSeconds(6), service.Time.GetUtcNow() - begun);
    }

    [Fact]
    public async Task A_caller_whose_secret_never_arrives_delays_the_start_by_the_startup_budget_only()
    {
        await using var service = Service.Create(SigningShop.Settings("require"));
        var begun = service.Time.GetUtcNow();
        service.Vault.Faults["webhook-shop"] = () =>
        {
            service.Time.Advance(TimeSpan.FromSeconds(20));
            throw new OperationCanceledException("The vault does not answer.");
        };

        await service.StartAsync();

        Assert.Equal(TimeSpan.FromSeconds(20), service.Time.GetUtcNow() - begun);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wrong_signatures_do_not_flood_the_vault(bool atOnce)
    {
        const int requests = 50;
        await using var service = await StartAsync("require");
        var (reads, begun) = (service.Vault.Reads, service.Time.GetUtcNow());
        List<Task> sent = [];
        for (var request = 0; request < requests; request++)
        {
            sent.Add(service.SendAsync(SigningShop.Request(service, secret: SigningShop.OtherSecret)));
            await (atOnce ? Task.CompletedTask : sent[^1]);
        }

        await Task.WhenAll(sent);

        // A read consists of a list of versions and one secret.
        var (readings, paces) = (
            (service.Vault.Reads - reads) / 2,
            (service.Time.GetUtcNow() - begun) / TimeSpan.FromSeconds(5)
        );
        Assert.InRange(readings, 1, paces + 3);
    }

    [Fact]
    public async Task The_last_good_secrets_stay_whatever_the_vault_answers()
    {
        await using var service = await StartAsync("require");
        service.Provider.Otherwise = Answers.Cancelled;
        service.Vault.Fault = static _ => FakeVault.Json(500, "<html>");
        service.Refresh(() =>
            service.Log.Lines.Any(static line =>
                line.Text.Contains("Still verifying with the callers' previous secrets", StringComparison.Ordinal)
            )
        );
        Assert.Equal(200, (await service.SendAsync(SigningShop.Request(service))).Status);
    }

    private static async Task<Service> StartAsync(string mode)
    {
        var service = Service.Create(SigningShop.Settings(mode));
        service.Vault.Versions["webhook-shop"] = [new(SigningShop.Secret, 1)];
        await service.StartAsync();
        return service;
    }

    private static async Task RefusedAsync(Service service, ContractRequest request, int status)
    {
        var answer = await service.SendAsync(request);
        Assert.Equal(
            (status, status == 401 ? "invalid-signature" : "invalid-idempotency-key"),
            (answer.Status, answer.Problem)
        );
        Assert.Equal(status == 401, answer.Header("WWW-Authenticate") is not null);
        Assert.Empty(service.Provider.Calls);
    }
}
