using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// What an id is derived from. Rows, events and messages carry these ids from one release to the next, so each is a
/// fixed function: a SHA-256 digest, or an HMAC with the queue's key, of parts that are each preceded by their length.
/// Without the lengths, two requests could share an id.
/// </summary>
public sealed class IdentityTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    // 2023-11-14T22:13:20Z in ticks.
    private const string Ticks = "638355968000000000";

    private static readonly OrderReference Order = OrderReference.FromOrderId("1443");
    private static readonly OrderReference ByHash = OrderReference.FromHash("1443");

    /// <summary>The text that a digest covers, and the id.</summary>
    public static TheoryData<string, string> Digests =>
        new()
        {
            { "7:request6:caller4:shop6:/store5:msg-1", CancelRequest.RecordIdOf("shop", "/store", "msg-1") },
            { "7:request7:unnamed0:0:5:msg-1", CancelRequest.RecordIdOf(caller: null, source: null, "msg-1") },
            { "7:request7:unnamed0:6:/store5:msg-1", CancelRequest.RecordIdOf(caller: null, "/store", "msg-1") },
            { "5:order7:orderId4:1443", RequestRecords.OrderPartition(Order) },
            { "5:order4:hash4:1443", RequestRecords.OrderPartition(ByHash) },
            { "5:order7:orderId4:1443", TimeoutRow.Key(Order, "shop").Partition },
            { "5:order4:hash4:1443", TimeoutRow.Key(ByHash, "shop").Partition },
            { "6:caller4:shop", TimeoutRow.Key(Order, "shop").Row },
            { "7:unnamed", TimeoutRow.Key(Order, caller: null).Row },
            { "6:caller7:unnamed", TimeoutRow.Key(Order, "unnamed").Row },
            { "6:replay5:abcde9:message-11:718:" + Ticks, DeadLetterReplay.MessageId(DeadLetter()) },
        };

    [Theory]
    [MemberData(nameof(Digests), DisableDiscoveryEnumeration = true)]
    public void An_id_is_the_digest_of_its_parts_and_their_lengths(string covered, string id) =>
        Assert.Equal(Plain(covered), id);

    /// <summary>What an event says of its request: its own id, and the fingerprint of what was asked for.</summary>
    [Theory]
    [InlineData(
        """{"orderId":"1443"}""",
        "7:outcome4:shop0:5:key-17:orderId4:14439:cancelled",
        "11:fingerprint7:orderId4:14430:"
    )]
    [InlineData(
        """{"hash":"1443"}""",
        "7:outcome4:shop0:5:key-14:hash4:14439:cancelled",
        "11:fingerprint4:hash4:14430:"
    )]
    [InlineData(
        """{"orderId":"1443","onlyIfUnpaid":true}""",
        "7:outcome4:shop0:5:key-17:orderId4:14439:cancelled",
        "11:fingerprint7:orderId4:144314:only if unpaid"
    )]
    public async Task An_event_is_known_by_its_request_and_its_outcome(string body, string id, string fingerprint)
    {
        await using var service = await Service.StartAsync(("Callers__TrustPrincipal", "true"));
        service.Provider.OnGet(body.Contains("onlyIfUnpaid", StringComparison.Ordinal) ? [Answers.Order(0)] : []);
        service.Provider.OnCancel(Answers.Cancelled);
        await service.SendAsync(
            new ContractRequest
            {
                Body = Encoding.UTF8.GetBytes(body),
                Headers = [("Idempotency-Key", "key-1"), ("X-MS-CLIENT-PRINCIPAL-ID", "shop")],
            }
        );
        var sent = service.Topic.Events.Single();
        Assert.Equal((Plain(id), Plain(fingerprint)), (sent.MessageId, sent.Property("onrampCancel_fingerprint")));
        Assert.Equal(Plain("7:request6:caller4:shop0:5:key-1"), sent.Property("onrampCancel_record"));
    }

    /// <summary>A failure also names its schedule, because a replay may fail again.</summary>
    [Fact]
    public async Task The_event_of_a_failure_is_known_by_its_schedule_too()
    {
        await using var service = await Service.StartAsync(
            ("Onramp__MaxRetries", "0"),
            ("Queue__GiveUpAfter", "00:00:00")
        );
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync("""{"orderId":"1443"}""");
        Assert.Equal(
            Plain($"7:outcome0:23:urn:onramp-cancel:queue9:message-17:orderId4:144325:failed {Ticks}"),
            service.Topic.Events.Single().MessageId
        );
    }

    [Theory]
    [InlineData("", "6:reason0:")]
    [InlineData(",\"reason\":\"no payment\"", "6:reason10:no payment")]
    public async Task A_record_has_the_digest_of_the_reason(string reason, string covered)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.PostAsync(
            $$"""{"orderId":"1443"{{reason}}}""",
            static with => with with { IdempotencyKey = "key-1" }
        );
        Assert.Equal(Plain(covered), service.Rows[RowTable.CancelRequests].Single().Values["reasonDigest"]);
    }

    /// <summary>A message that is sent again, and the alarm of a timeout.</summary>
    [Fact]
    public async Task The_ids_of_messages_are_keyed_digests_of_their_parts_and_their_lengths()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = Answers.HtmlPage;
        await service.HandleAsync("""{"orderId":"1443"}""");
        var copy = service.Queue.Scheduled.Values.Single().Message;
        var line = Keyed($"4:line27:test.servicebus.windows.net15:cancel-requests1:718:{Ticks}");
        Assert.Equal(line, copy.Property("onrampCancel_line"));
        Assert.Equal(Keyed($"4:copy64:{line}1:2"), copy.MessageId);

        service.Queue.Scheduled.Clear();
        await service.ArmAsync("""{"after":"PT30M"}""");
        var alarm = service.Queue.Scheduled.Values.Single().Message;
        Assert.Equal(Keyed($"5:alarm32:{alarm.Property("onrampCancel_version")}1:0"), alarm.MessageId);
    }

    [Theory]
    [InlineData("""{"orderId":"1443"}""", "6:cancel0:0:5:key-17:orderId4:14430:")]
    [InlineData("""{"orderId":"1443","onlyIfUnpaid":true}""", "6:cancel0:0:5:key-17:orderId4:144314:only if unpaid")]
    [InlineData("""{"hash":"1443"}""", "6:cancel0:0:5:key-14:hash4:14430:")]
    public async Task A_deferred_request_has_the_id_of_what_it_asks_for(string body, string covered)
    {
        await using var service = await Service.StartAsync();
        await service.PostAsync(body, static with => with with { IdempotencyKey = "key-1", Prefer = "respond-async" });
        Assert.Equal(Keyed($"6:cancel64:{Plain(covered)}"), service.Queue.Sent.Single().MessageId);
    }

    [Fact]
    public async Task The_HMAC_of_an_event_covers_its_id_its_record_its_fingerprint_and_its_body()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync("""{"orderId":"1443"}""");
        var sent = service.Topic.Events.Single();
        var body = Convert.ToHexStringLower(SHA256.HashData(sent.Body.Span));
        Assert.Equal(
            Keyed(
                $"9:outcome 164:{sent.MessageId}64:{sent.Property("onrampCancel_record")}"
                    + $"64:{sent.Property("onrampCancel_fingerprint")}64:{body}"
            ),
            sent.Property("onrampCancel_outcomeMac")
        );
    }

    /// <summary>Two messages that arm the timeout of one order: only a repeat of the same message changes nothing.</summary>
    [Theory]
    [InlineData("/store", "message-1", true)]
    [InlineData("/store", "message-2", false)]
    [InlineData("/storem", "essage-1", false)]
    [InlineData("/other", "message-1", false)]
    public async Task A_message_that_arms_a_timeout_is_known_by_its_source_and_its_id(
        string source,
        string id,
        bool isRepeat
    )
    {
        await using var service = await Service.StartAsync();
        await ArmAsync("/store", "message-1");
        await ArmAsync(source, id);
        // The second change takes back the alarm of the first one.
        Assert.Equal(isRepeat, service.Queue.Scheduled.ContainsKey(1));

        Task ArmAsync(string source, string id) =>
            service.HandleAsync(
                """{"orderId":"1443","after":"PT30M"}""",
                messageId: id,
                properties:
                [
                    ("cloudEvents_specversion", "1.0"),
                    ("cloudEvents_id", id),
                    ("cloudEvents_source", source),
                    ("cloudEvents_type", "order.created"),
                ]
            );
    }

    /// <summary>Rows whose time is over are found by their names, and an entry of several rows names each of them.</summary>
    [Fact]
    public async Task An_entry_of_the_retention_is_named_by_all_its_rows()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.HandleAsync("""{"orderId":"1443"}""");
        await service.RecordAsync();
        var entry = service.Rows[RowTable.CancelRetention].Single();
        var rows = entry.Values["rows"];
        var digest = Plain(string.Create(CultureInfo.InvariantCulture, $"{rows.Length}:{rows}"));
        Assert.Equal(digest, entry.Key.Row);
        Assert.Equal($"2024021222-{digest[0]}", entry.Key.Partition);
    }

    private static InboundMessage DeadLetter() =>
        new()
        {
            MessageId = "message-1",
            SequenceNumber = 7,
            EnqueuedTime = At,
            Body = default,
            Properties = new Dictionary<string, object> { ["onrampCancel_identityMac"] = "abcde" },
        };

    private static string Plain(string covered) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(covered)));

    /// <summary>The key consists of the bytes 1 to 32.</summary>
    private static string Keyed(string covered) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(
                Enumerable.Range(1, 32).Select(static number => (byte)number).ToArray(),
                Encoding.UTF8.GetBytes(covered)
            )
        );
}
