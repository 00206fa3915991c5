using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Properties that begin with <c>onrampCancel_</c> belong to the service. Every sender can set them, but then they have
/// no effect, neither on the request of that message nor on another one.
/// </summary>
public sealed class TrustedPropertyTests
{
    private const string Body = """{"orderId":"1443"}""";
    private const string Key = "queue-authentication-key";

    private static readonly string[] History =
    [
        "delivery",
        "attempts",
        "line",
        "retryingSince",
        "timeToLive",
        "outcome",
        "publications",
        "waits",
        "waited",
        "historyMac",
    ];
    private static readonly string[] Identity =
    [
        "requestId",
        "requestedAt",
        "source",
        "caller",
        "version",
        "identityMac",
    ];

    /// <summary>Properties of the service that senders cannot forge, with values of every type.</summary>
    public static TheoryData<string, object> Forged =>
        new()
        {
            { "onrampCancel_delivery", 6 },
            { "onrampCancel_delivery", "zero" },
            { "onrampCancel_delivery", 0 },
            { "onrampCancel_delivery", "-1" },
            { "onrampCancel_delivery", long.MaxValue },
            { "onrampCancel_delivery", double.NaN },
            { "onrampCancel_attempts", 1.5 },
            { "onrampCancel_attempts", 999_999 },
            { "onrampCancel_publications", "x" },
            { "onrampCancel_publications", 6 },
            { "onrampCancel_waits", 6 },
            { "onrampCancel_waited", 60_000L },
            { "onrampCancel_line", "7" },
            { "onrampCancel_line", "" },
            { "onrampCancel_retryingSince", "2001-01-01T00:00:00Z" },
            { "onrampCancel_retryingSince", DateTimeOffset.MinValue },
            { "onrampCancel_timeToLive", 1L },
            {
                "onrampCancel_outcome",
                """{"Kind":"Cancelled","Attempts":1,"CompletedAt":"2023-11-14T22:13:20+00:00"}"""
            },
            { "onrampCancel_outcome", "cancelled" },
            { "onrampCancel_historyMac", "0000" },
            { "onrampCancel_requestId", "somebody else's" },
            { "onrampCancel_requestId", new string('x', 10_000) },
            { "onrampCancel_requestedAt", "yesterday" },
            { "onrampCancel_requestedAt", "2001-01-01T00:00:00Z" },
            { "onrampCancel_source", "/orders" },
            { "onrampCancel_caller", "shop" },
            { "onrampCancel_version", "0123456789abcdef0123456789abcdef" },
            { "onrampCancel_identityMac", "é" },
        };

    [Fact]
    public void Every_property_that_only_the_service_may_write_is_in_these_tests()
    {
        var written = typeof(MessageProperties)
            .GetFields()
            .Select(static field => (string)field.GetRawConstantValue()!)
            .Where(static name => name.StartsWith(MessageProperties.Prefix, StringComparison.Ordinal))
            .Select(static name => name[MessageProperties.Prefix.Length..])
            .Where(static name => name.Length > 0)
            .Order()
            .ToList();

        Assert.Equal(written, Identity.Concat(History).Order());
        Assert.Equal(
            written,
            Forged.Select(static row => row.Data.Item1[MessageProperties.Prefix.Length..]).Distinct().Order()
        );
    }

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task A_forged_property_is_ignored_and_logged_once(string name, object value)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.OnCancel(Answers.HtmlPage).OnGet(Answers.HtmlPage);
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(Settlement.Complete, await service.HandleAsync(Body, properties: (name, value)));
        var copy = Assert.Single(service.Queue.Scheduled.Values).Message;
        Assert.Equal((2, 1), (copy.Property("onrampCancel_delivery"), copy.Property("onrampCancel_attempts")));
        Assert.Equal(Settlement.Complete, await service.HandleAsync(QueueTests.Deliver(copy)));

        var data = Service.Json(Assert.Single(service.Topic.Events).Body);
        Assert.Equal(
            ("message-1", "cancelled", 2),
            (
                data.GetProperty("requestId").GetString(),
                data.GetProperty("outcome").GetString(),
                data.GetProperty("attempts").GetInt32()
            )
        );
        Assert.False(data.TryGetProperty("caller", out _));
        Assert.Equal(service.Time.GetUtcNow(), data.GetProperty("requestedAt").GetDateTimeOffset());
        var line = Assert.Single(
            service.Log.Lines,
            static line =>
                line.Level == LogLevel.Warning && line.Text.Contains("onrampCancel_", StringComparison.Ordinal)
        );
        Assert.EndsWith($"ignored: {name}", line.Text.TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>
    /// A fixed vector. The key consists of the bytes 1 to 32, and each part of the text is prefixed with its length:
    /// <c>printf %s "10:identity 19:message-118:63835596800000000023:urn:onramp-cancel:queue0:0:5:queue64:$(printf %s '{"orderId":"1443"}' |
    /// openssl dgst -sha256 -r | cut -c1-64)" | openssl dgst -sha256 -mac HMAC -macopt
    /// hexkey:0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20</c>.
    /// </summary>
    [Fact]
    public async Task An_identity_is_authenticated_by_HMAC_SHA256_over_its_parts()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Message("message-1", Body, 7));
        Assert.Equal(
            "28efe2de40238d2b2d02d026e958d4ef97abaf873b550ff400dc8cca07d10465",
            Assert.Single(service.Queue.Scheduled.Values).Message.Property("onrampCancel_identityMac")
        );
    }

    [Fact]
    public async Task A_change_of_any_property_that_the_service_wrote_is_noticed()
    {
        await using var service = await Service.StartAsync(
            ("Callers__TrustPrincipal", "true"),
            ("Onramp:MaxRetries", "0")
        );
        service.Provider.Otherwise = Answers.Cancelled;
        (string, string)[] principal = [("X-MS-CLIENT-PRINCIPAL-ID", "shop")];
        await service.SendAsync(EventCases.Structured with { Headers = [.. principal, ("Prefer", "respond-async")] });
        await service.SendAsync(
            new()
            {
                Method = "PUT",
                Path = "/api/orders/1443/timeout",
                Body = """{"after":"PT30M"}"""u8.ToArray(),
                Headers = principal,
            }
        );
        var timeout = QueueTests.Deliver(service.Queue.Scheduled.Values.Single().Message);
        service.Topic.Refuses = true;
        await service.HandleAsync(
            QueueTests.Deliver(service.Queue.Sent.Single()) with
            {
                EnqueuedTime = service.Time.GetUtcNow(),
                TimeToLive = TimeSpan.FromHours(1),
            }
        );
        var copy = QueueTests.Deliver(service.Queue.Scheduled.Values.Last().Message);
        service.Topic.Refuses = false;

        HashSet<string> seen = [];
        foreach (
            var (name, changed) in Changed(copy).Concat(Changed(timeout).Where(static one => !IsOfAlarm(one.Name)))
        )
        {
            await service.HandleAsync(changed);
            seen.Add(name);
            var warning = service.Log.Lines.Last(static line => line.Level == LogLevel.Warning);
            Assert.Contains("did not write", warning.Text, StringComparison.Ordinal);
            Assert.Contains(name, warning.Text, StringComparison.Ordinal);
            service.Log.Lines.Clear();
        }

        // Such an alarm is still one, but only the row of its version makes an alarm do anything.
        var events = service.Topic.Events.Count;
        foreach (var (name, changed) in Changed(timeout).Where(static one => IsOfAlarm(one.Name)))
        {
            await service.HandleAsync(changed);
            seen.Add(name);
        }

        Assert.Equal(events, service.Topic.Events.Count);
        Assert.Equal([.. Identity.Concat(History).Order()], seen.Order());

        static bool IsOfAlarm(string name) => name is "caller" or "identityMac";

        static IEnumerable<(string Name, InboundMessage Changed)> Changed(InboundMessage message) =>
            from property in message.Properties
            where property.Key.StartsWith(MessageProperties.Prefix, StringComparison.Ordinal)
            select (
                property.Key[MessageProperties.Prefix.Length..],
                message with
                {
                    Properties = new Dictionary<string, object>(message.Properties)
                    {
                        [property.Key] = $"{property.Value}0",
                    },
                }
            );
    }

    /// <summary>After a rollback: a newer version has added a property.</summary>
    [Fact]
    public async Task The_history_of_a_newer_version_is_read_as_far_as_it_is_known()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Body);
        var copy = QueueTests.Deliver(service.Queue.Scheduled[1].Message);
        Dictionary<string, object> properties = new(copy.Properties) { ["onrampCancel_added"] = "later" };
        var history = properties
            .Where(static property =>
                property.Key.StartsWith("onrampCancel_", StringComparison.Ordinal)
                && property.Key != "onrampCancel_historyMac"
                && !Identity.Contains(property.Key["onrampCancel_".Length..])
            )
            .OrderBy(static property => property.Key, StringComparer.Ordinal)
            .SelectMany(static property => new[] { property.Key, $"{property.Value}" });
        string[] covered = ["history 1", (string)properties["onrampCancel_identityMac"], copy.MessageId!, .. history];

        // As in the fixed vector; all parts are ASCII.
        properties["onrampCancel_historyMac"] = Convert.ToHexStringLower(
            HMACSHA256.HashData(
                Enumerable.Range(1, 32).Select(static number => (byte)number).ToArray(),
                Encoding.ASCII.GetBytes(string.Concat(covered.Select(static part => $"{part.Length}:{part}")))
            )
        );

        await service.HandleAsync(copy with { Properties = properties });

        Assert.Equal(3, service.Queue.Scheduled[2].Message.Property("onrampCancel_delivery"));
        Assert.DoesNotContain(
            service.Log.Lines,
            static line => line.Text.Contains("did not write", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_message_under_the_key_of_an_HTTP_request_is_another_request()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync(Message("key-1", Body, 7));
        await service.RecordAsync();
        var answer = await service.SendAsync(
            new ContractRequest
            {
                Body = """{"orderId":"1443","onlyIfUnpaid":false}"""u8.ToArray(),
                Headers = [("Idempotency-Key", "key-1")],
            }
        );
        Assert.Equal((200, null), (answer.Status, answer.Header("Idempotency-Replayed")));
        Assert.Equal(2, service.Topic.Events.Select(static sent => sent.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task A_request_in_the_name_of_a_caller_does_not_take_the_callers_place()
    {
        await using var service = await Service.StartAsync(SigningShop.Settings());
        service.Vault.Secrets["webhook-shop"] = SigningShop.Secret;
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync(
            Body,
            properties: [("onrampCancel_requestId", "msg-1"), ("onrampCancel_caller", "shop")]
        );
        var own = await service.SendAsync(SigningShop.Request(service));
        Assert.Equal(200, own.Status);
        Assert.Equal(
            [null, "shop"],
            service.Topic.Events.Select(static sent =>
                Service.Json(sent.Body).TryGetProperty("caller", out var caller) ? caller.GetString() : null
            )
        );
        Assert.Equal(2, service.Topic.Events.Select(static sent => sent.MessageId).Distinct().Count());
    }

    [Theory]
    [InlineData("its history")]
    [InlineData("its identity and history")]
    public async Task Another_message_cannot_make_a_retry_vanish_with_everything_that_it_carries(string copied)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Queue.DetectsDuplicates = true;
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Body);
        var victim = QueueTests.Deliver(Assert.Single(service.Queue.Scheduled.Values).Message);

        var names = copied == "its history" ? History : [.. Identity, .. History];
        var attack = Message("hostile", """{"orderId":"9"}""", 70) with
        {
            Properties = victim
                .Properties.Where(property => names.Any(name => property.Key == $"onrampCancel_{name}"))
                .ToDictionary(),
        };
        await service.HandleAsync(attack);
        await service.HandleAsync(victim);
        Assert.Equal(
            ["1443", "9", "1443"],
            service.Queue.Scheduled.Values.Select(static entry =>
                Service.Json(entry.Message.Body).GetProperty("orderId").GetString()
            )
        );
        Assert.Equal(
            [2, 2, 3],
            service.Queue.Scheduled.Values.Select(static entry => entry.Message.Property("onrampCancel_delivery"))
        );
        Assert.Equal("hostile", service.Queue.Scheduled.Values.ElementAt(1).Message.Property("onrampCancel_requestId"));
    }

    [Fact]
    public async Task A_copy_under_another_id_is_the_same_request_at_the_beginning_of_its_schedule()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Queue.DetectsDuplicates = true;
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Body);
        var third = QueueTests.Deliver(service.Queue.Scheduled.Values.Last().Message);
        await service.HandleAsync(third);
        await service.HandleAsync(third with { MessageId = "a tool's", SequenceNumber = 70 });
        var copies = service.Queue.Scheduled.Values.Select(static entry => entry.Message).ToList();
        Assert.Equal([2, 3, 2], copies.Select(static copy => copy.Property("onrampCancel_delivery")));
        Assert.All(copies, static copy => Assert.Equal("message-1", copy.Property("onrampCancel_requestId")));
    }

    [Fact]
    public async Task Messages_with_the_same_number_in_two_namespaces_have_copies_of_their_own()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync(Body);
        service.Queue.FullyQualifiedNamespace = "other.servicebus.windows.net";
        await service.HandleAsync(Body);
        Assert.Equal(
            2,
            service.Queue.Scheduled.Values.Select(static entry => entry.Message.MessageId).Distinct().Count()
        );
    }

    [Fact]
    public async Task No_id_of_a_message_can_be_computed_without_the_key()
    {
        var one = await IdsAsync("queue key one, which is long enough");
        Assert.Equal(2, one.Distinct().Count());
        Assert.Equal(one, await IdsAsync("queue key one, which is long enough"));
        Assert.Empty(one.Intersect(await IdsAsync("queue key two, which is long enough")));

        static async Task<string[]> IdsAsync(string key)
        {
            await using var service = Service.Create(("Onramp:MaxRetries", "0"));
            service.Vault.Versions[Key] = [new(Convert.ToBase64String(Encoding.UTF8.GetBytes(key)), Created: 1)];
            await service.StartAsync();
            service.Provider.Otherwise = Answers.HtmlPage;
            await service.HandleAsync(Body);
            await service.PostAsync(
                Body,
                static with => with with { IdempotencyKey = "key-1", Prefer = "respond-async" }
            );
            return
            [
                .. service.Queue.Scheduled.Values.Select(static entry => entry.Message.MessageId),
                service.Queue.Sent[0].MessageId,
            ];
        }
    }

    [Fact]
    public async Task A_dead_letter_says_whose_request_it_is_and_a_forged_name_does_not_stay()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"), ("Queue:RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        var message = Message("message-1", Body, 7) with
        {
            Properties = new Dictionary<string, object> { ["onrampCancel_caller"] = "shop", ["theirs"] = 7 },
        };
        var (dead, settlement) = await KeptRequestTests.SpendAsync(service, message);
        var properties = dead
            .Properties.Concat(settlement.Properties!)
            .GroupBy(static property => property.Key)
            .ToDictionary(static group => group.Key, static group => group.Last().Value);

        // As a tool without knowledge of the service resubmits it.
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync(dead with { MessageId = "a tool's", SequenceNumber = 70, Properties = properties });
        var data = Service.Json(service.Topic.Events[^1].Body);
        Assert.Equal(
            ("message-1", "cancelled"),
            (data.GetProperty("requestId").GetString(), data.GetProperty("outcome").GetString())
        );
        Assert.False(data.TryGetProperty("caller", out _));
    }

    [Fact]
    public async Task An_invalid_message_carries_its_identity_to_the_dead_letter_queue()
    {
        await using var service = await Service.StartAsync();
        var settlement = await service.HandleAsync("""{"orderId":"x"}""");
        Assert.Equal("InvalidMessage", settlement.Reason);
        Assert.Equal("message-1", settlement.Properties!["onrampCancel_requestId"]);
        Assert.Equal("", settlement.Properties["onrampCancel_historyMac"]);
    }

    [Fact]
    public async Task A_second_failure_after_a_replay_has_an_event_of_its_own_and_a_repeated_delivery_has_not()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"), ("Queue:RetryJitter", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        var (dead, settlement) = await KeptRequestTests.SpendAsync(service, Message("message-1", Body, 7));
        await service.HandleAsync(dead);
        var properties = dead
            .Properties.Concat(settlement.Properties!)
            .GroupBy(static property => property.Key)
            .ToDictionary(static group => group.Key, static group => group.Last().Value);
        await KeptRequestTests.SpendAsync(
            service,
            dead with
            {
                MessageId = "a tool's",
                SequenceNumber = 70,
                Properties = properties,
            }
        );
        Assert.Equal(
            ["failed", "failed", "failed"],
            service.Topic.Events.Select(static sent => sent.Property("outcome"))
        );
        Assert.Equal(2, service.Topic.Events.Select(static sent => sent.MessageId).Distinct().Count());
    }

    private static InboundMessage Message(string id, string body, long number) =>
        new()
        {
            MessageId = id,
            Body = Encoding.UTF8.GetBytes(body),
            SequenceNumber = number,
            EnqueuedTime = DateTimeOffset.FromUnixTimeMilliseconds(1700000000000),
        };
}
