using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>The authentication key changes while messages wait, and instances read it at different times.</summary>
[Collection(nameof(Console))]
public sealed class QueueKeyTests
{
    private const string Name = "queue-authentication-key";
    private const string Body = """{"orderId":"1443"}""";
    private static readonly string First = Key("the first key of the queue, 32 B+");
    private static readonly string Second = Key("the second key of the queue, 32B+");
    private static readonly string Third = Key("the third key of the queue, 32 B+");

    [Theory]
    [InlineData("TODO")]
    [InlineData("AQIDBAUGBwg=")]
    [InlineData("whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")]
    [InlineData("AQIDBAUGBwgJCgsMDQ4P EBESExQVFhcYGRobHB0eHyA=")]
    [InlineData("not base64, but long enough to be a key of the queue")]
    public async Task Cannot_start_with_an_invalid_key(string value)
    {
        await using var service = Create(value);
        var line = Assert.Single(await Startup.FailAsync(service));
        Assert.Contains($"secret '{Name}'", line, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", line, StringComparison.Ordinal);
        Assert.DoesNotContain(value, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_new_version_signs_only_when_every_instance_has_read_it(int hoursAfterTheStart)
    {
        await using var service = await StartAsync(First);
        service.Time.Advance(TimeSpan.FromHours(hoursAfterTheStart));
        var young = await AfterChangeAsync(service, () => service.Vault.Secrets[Name] = Second);
        Assert.True(
            await IsBelievedAsync(young, First),
            "An instance that has not read the new version must believe it."
        );
        Assert.False(await IsBelievedAsync(young, Second));

        service.Time.Advance(TimeSpan.FromMinutes(60));
        var old = await CopyAsync(service);
        Assert.True(await IsBelievedAsync(old, First, Second));
        Assert.True(await IsBelievedAsync(old, Second));
    }

    [Fact]
    public async Task The_two_newest_versions_verify_and_older_ones_do_not()
    {
        await using var service = await StartAsync(First);
        var copy = await CopyAsync(service);
        Assert.True(await IsBelievedAsync(copy, First));
        Assert.True(await IsBelievedAsync(copy, First, Second));
        Assert.False(await IsBelievedAsync(copy, First, Second, Third));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    public async Task A_leaked_version_that_is_revoked_verifies_no_more_after_the_next_refresh(string how)
    {
        await using var service = await StartAsync(Second, First);
        var leaked = await CopyAsync(await StartAsync(First));

        await AfterChangeAsync(service, () => Revoke(service, how));

        Assert.Equal(2, await NextDeliveryAsync(service, leaked));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    public async Task An_event_under_a_revoked_version_is_not_recorded(string how)
    {
        await using var service = await StartAsync(Second, First);
        await using var leaked = await StartAsync(First);
        leaked.Provider.Otherwise = Answers.Cancelled;
        await leaked.HandleAsync(Body);
        var forged = QueueTests.Deliver(leaked.Topic.Events.Single());

        await AfterChangeAsync(service, () => Revoke(service, how));

        service.Rows.Operations.Clear();
        Assert.True(await service.Get<OutcomeRecorder>().TryRecordAsync(forged, TestContext.Current.CancellationToken));
        Assert.Empty(service.Rows.Operations);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_reached_changes_nothing()
    {
        await using var service = await StartAsync(First);
        var copy = await CopyAsync(service);
        service.Vault.Fault = static _ => throw new HttpRequestException("refused");
        service.Refresh(() => service.Log.Lines.Any(static line => line.Id == 122));
        Assert.Equal(3, await NextDeliveryAsync(service, copy));
    }

    [Fact]
    public async Task A_key_that_is_withdrawn_stops_no_message()
    {
        await using var service = await StartAsync(First);
        var copy = await CopyAsync(service);
        await AfterChangeAsync(service, () => service.Vault.Enable(Name, isEnabled: false));
        Assert.Equal(2, await NextDeliveryAsync(service, copy));
        Assert.Equal(3, await NextDeliveryAsync(service, service.Queue.Scheduled.Values.Last().Message));
        Assert.Contains(
            service.Log.Lines,
            static line => line.Text.Contains("a random key of this process", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            service.Log.Lines,
            static line => line.Text.Contains("keys read before", StringComparison.Ordinal)
        );
    }

    private static void Revoke(Service service, string how)
    {
        var now = service.Time.GetUtcNow().ToUnixTimeSeconds();
        service.Vault.Change(
            Name,
            version =>
                how switch
                {
                    "disabled" => version with { IsEnabled = false },
                    "expired" => version with { Expires = now },
                    _ => version with { NotBefore = now + 86_400 },
                }
        );
    }

    /// <summary>Whether an instance with these versions, oldest first, accepts a copy as the service's own.</summary>
    private static async Task<bool> IsBelievedAsync(OutboundMessage copy, params string[] versions)
    {
        await using var other = await StartAsync(versions);
        return await NextDeliveryAsync(other, copy) == 3;
    }

    /// <summary>
    /// Fails a second delivery and returns the number of the next one: 3 with a valid history, otherwise 2.
    /// </summary>
    private static async Task<int> NextDeliveryAsync(Service service, OutboundMessage copy)
    {
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(QueueTests.Deliver(copy));
        return (int)service.Queue.Scheduled.Values.Last().Message.Property("onrampCancel_delivery");
    }

    /// <summary>Changes the key in the vault, and copies a message when the service has read the change.</summary>
    private static async Task<OutboundMessage> AfterChangeAsync(Service service, Action change)
    {
        // A refresh may be running, and read the change at once.
        var before = service.Log.Lines.Count(static line => line.Id == 121);
        change();
        service.Refresh(() => service.Log.Lines.Count(static line => line.Id == 121) > before);
        return await CopyAsync(service);
    }

    private static async Task<OutboundMessage> CopyAsync(Service service)
    {
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Body, messageId: $"message-{service.Queue.Scheduled.Count}");
        return service.Queue.Scheduled.Values.Last().Message;
    }

    private static async Task<Service> StartAsync(params string[] versions)
    {
        var service = Create(versions);
        await service.StartAsync();
        return service;
    }

    private static Service Create(params string[] versions)
    {
        var service = Service.Create(("Onramp:MaxRetries", "0"), ("Onramp:CircuitMinimumCalls", "1000"));
        service.Vault.Versions[Name] =
        [
            .. versions.Select(static (value, index) => new SecretVersion(value, index + 1)),
        ];
        return service;
    }

    private static string Key(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
