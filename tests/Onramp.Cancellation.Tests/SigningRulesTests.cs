namespace Onramp.Cancellation.Tests;

/// <summary>The rules for clocks and credentials.</summary>
public sealed class SigningRulesTests
{
    private const long VectorTime = 1700000000000;

    [Fact]
    public async Task A_clock_that_is_ahead_is_corrected_once_and_stays_corrected()
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.Cancelled, Answers.Cancelled)
            .OnClock(Answers.ServerTime(VectorTime - 90_000));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
        Assert.Equal(
            [VectorTime, VectorTime - 90_000, VectorTime - 90_000],
            service.Provider.Calls.Where(call => call.Operation == "cancelOrder").Select(Timestamp)
        );
    }

    [Fact]
    public async Task A_clock_that_cannot_be_read_leaves_a_credentials_failure()
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(Answers.AheadOfTime)
            .OnGet(Answers.AheadOfTime)
            .OnClock(Answers.HtmlPage, Answers.Reset);
        Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task Ahead_of_time_never_reloads_the_credentials()
    {
        await using var service = await Service.StartAsync();
        var reads = service.Vault.Reads;
        service
            .Provider.OnCancel(Answers.AheadOfTime, Answers.AheadOfTime)
            .OnGet(Answers.AheadOfTime, Answers.AheadOfTime);
        service.Provider.OnClock(Answers.ServerTime(VectorTime - 1), Answers.ServerTime(VectorTime - 2));
        await service.CancelAsync();
        Assert.Equal(reads, service.Vault.Reads);
    }

    [Fact]
    public async Task A_refused_signature_is_signed_again_with_the_pair_that_is_in_the_vault_now()
    {
        await using var service = await Service.StartAsync();
        service.Vault.Secrets["onramp-api-key"] = "rotated_key";
        service.Vault.Secrets["onramp-api-secret"] = "rotated_secret";
        service.Provider.OnCancel(Answers.BadSignature, Answers.Cancelled);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        Assert.Equal(
            ["test_key", "rotated_key"],
            service.Provider.Calls.Select(call => call.Headers["X-ONRAMP-APIKEY"])
        );
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task A_refused_signature_that_the_vault_cannot_fix_fails_immediately()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.BadSignature).OnGet(Answers.BadSignature);
        var outcome = await service.CancelAsync();
        Assert.Equal((OutcomeKind.Credentials, 1), (outcome.Kind, outcome.Attempts));
        service.Provider.AssertScriptPlayed();
    }

    [Fact]
    public async Task A_key_without_the_right_to_cancel_still_reports_an_order_that_is_cancelled()
    {
        await using var service = await Service.StartAsync();
        service.Provider.OnCancel(Answers.Error(403, "Forbidden")).OnGet(Answers.Order(-3));
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
    }

    [Fact]
    public async Task Refused_signatures_do_not_flood_the_vault()
    {
        await using var service = await Service.StartAsync();
        var reads = service.Vault.Reads;
        service.Provider.Otherwise = Answers.BadSignature;
        for (var request = 0; request < 10; request++)
        {
            await service.CancelAsync();
        }

        // A read of both secrets, and the earlier versions of both: a list and a value of each.
        Assert.Equal(reads + 6, service.Vault.Reads);
        service.Time.Advance(TimeSpan.FromSeconds(5));
        await service.CancelAsync();
        Assert.Equal(reads + 12, service.Vault.Reads);
    }

    [Fact]
    public async Task Requests_in_flight_during_a_rotation_all_end_well()
    {
        await using var service = await Service.StartAsync();
        var served = 0;
        service.Provider.Otherwise = (call, _, _) =>
        {
            // The provider and the vault switch to the new pair after a hundred calls.
            lock (service.Vault.Secrets)
            {
                if (++served == 100)
                {
                    service.Vault.Secrets["onramp-api-key"] = "rotated_key";
                    service.Vault.Secrets["onramp-api-secret"] = "rotated_secret";
                }

                return (
                    call.Headers["X-ONRAMP-APIKEY"] == service.Vault.Secrets["onramp-api-key"]
                        ? Answers.Cancelled
                        : Answers.BadSignature
                )(call, service.Time, default);
            }
        };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Task.Run(() => service.CancelAsync())));
        Assert.All(outcomes, outcome => Assert.Equal(OutcomeKind.Cancelled, outcome.Kind));

        // At start the pair and the queue key, then the new pair, then a check whether the old one is still valid.
        Assert.Equal(10, service.Vault.Reads);
    }

    [Fact]
    public async Task Neither_key_nor_secret_nor_signature_reaches_a_log_an_event_or_an_answer_even_if_the_provider_quotes_them()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = (call, time, token) =>
            Answers.Error(
                400,
                $"bad {call.Headers["X-ONRAMP-APIKEY"]} {call.Headers["X-ONRAMP-SIGNATURE"]} {call.Headers["X-ONRAMP-PAYLOAD"]}"
            )(call, time, token);
        var response = await service.PostAsync("""{"orderId":"1443"}""");
        var everything =
            string.Join('\n', service.Log.Lines.Select(line => line.Text))
            + System.Text.Encoding.UTF8.GetString(response.Body.Span)
            + string.Join(
                '\n',
                service.Topic.Events.Select(sent => System.Text.Encoding.UTF8.GetString(sent.Body.Span))
            );
        Assert.Contains("[withheld]", everything, StringComparison.Ordinal);
        var call = service.Provider.Calls[0];
        foreach (
            var secret in new[]
            {
                "test_key",
                "test_secret",
                call.Headers["X-ONRAMP-SIGNATURE"][..40],
                call.Headers["X-ONRAMP-PAYLOAD"][..40],
            }
        )
        {
            Assert.DoesNotContain(secret, everything, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static long Timestamp(ReceivedCall call) =>
        Service.Json(Convert.FromBase64String(call.Headers["X-ONRAMP-PAYLOAD"])).GetProperty("timestamp").GetInt64();
}
