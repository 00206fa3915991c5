using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Amqp.Encoding;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// One message cannot harm another: the service takes each from the queue with the real client, and goes on.
/// </summary>
public sealed class HostileMessageTests
{
    private const string Body = """{"orderId":"1443"}""";

    private static readonly Dictionary<string, object> Map = new() { ["orderId"] = "1443" };

    /// <summary>
    /// Property values that clients of other languages send and the one for .NET cannot. They are put on the queue
    /// directly, since the emulator refuses them when they are sent.
    /// </summary>
    public static TheoryData<string, object> UnsendableValues =>
        new()
        {
            {
                "azure-sdk-for-js#25014: a list",
                new List<object> { "a", 1 }
            },
            { "azure-service-bus-dotnet#483: an array of numbers", (int[])[1, 2] },
            { "azure-service-bus-dotnet#483: an array of texts", (string[])["a", "b"] },
            { "AMQP 1.0, 3.2.5: an empty list", new List<object>() },
        };

    [Theory]
    [MemberData(nameof(UnsendableValues), DisableDiscoveryEnumeration = true)]
    public async Task A_message_that_could_never_be_sent_again_is_dead_lettered_at_its_first_delivery(
        string source,
        object value
    )
    {
        await using var host = await ServiceBusHost.StartAsync();
        host.Fail(FaultKind.Reset);
        var queue = host.Host.Broker.Requests;
        queue.Send(Cancel("hostile") with { Properties = [new("theirs", value)] });
        queue.Send(Cancel("good"));

        var dead = await NextAsync(queue.DeadLetters!);
        await UntilOneIsScheduledAsync(queue);

        Assert.True(dead.Message.MessageId == "hostile", source);
        Assert.Equal("InvalidMessage", dead.Message.Property("DeadLetterReason"));
        Assert.Contains(
            "theirs",
            (string)dead.Message.Property("DeadLetterErrorDescription")!,
            StringComparison.Ordinal
        );
        Assert.Equal(value, dead.Message.Property("theirs"));
    }

    private const string Timeout = "/api/orders/1443/timeout";

    /// <summary>Property values on which the client throws before the app sees the message.</summary>
    public static TheoryData<string, object> UndecodableValues =>
        new()
        {
            { "a map", new AmqpMap(new Dictionary<string, object> { ["a"] = 1 }) },
            { "a described value", new DescribedType(5UL, 1) },
            { "a URI that is none", new DescribedType((AmqpSymbol)"com.microsoft:uri", "http://[") },
            { "a time before all times", new DescribedType((AmqpSymbol)"com.microsoft:datetime-offset", -1L) },
            { "a duration that is a text", new DescribedType((AmqpSymbol)"com.microsoft:timespan", "an hour") },
        };

    [Theory]
    [MemberData(nameof(UndecodableValues), DisableDiscoveryEnumeration = true)]
    public async Task A_message_that_the_client_cannot_decode_holds_up_no_other(string name, object value)
    {
        await using var host = await ServiceBusHost.StartAsync(("LocalHost__MaxDeliveryCount", "1"));
        var queue = host.Host.Broker.Requests;
        queue.Send(Cancel("hostile") with { Properties = [new("theirs", value)] });
        queue.Send(Cancel("good"));

        var outcome = await NextAsync(host.Host.Broker.Local);

        Assert.True(outcome.Message.CorrelationId == "good", name);
    }

    [Theory]
    [MemberData(nameof(UndecodableValues), DisableDiscoveryEnumeration = true)]
    public async Task Arming_and_disarming_go_on_past_a_message_that_the_client_cannot_decode(string name, object value)
    {
        await using var host = await ServiceBusHost.StartAsync();
        using HttpClient http = new() { BaseAddress = host.Host.BaseAddress, Timeout = ServiceBusHost.Patience };
        var queue = host.Host.Broker.Requests;
        var numbers = new long[3];
        for (var index = 0; index < numbers.Length; index++)
        {
            var armed = Cancel($"hostile-{index}") with
            {
                Properties = [new("trigger", "timeout"), new("theirs", value)],
            };
            numbers[index] = queue.Schedule(armed, DateTimeOffset.MaxValue);
        }

        Assert.Equal((201, 200, 204), (await ArmAsync("PT30M"), await ArmAsync("PT1H"), await DisarmAsync()));
        Assert.True(queue.Counts.Scheduled == numbers.Length, name);

        async Task<int> DisarmAsync()
        {
            using var response = await http.DeleteAsync(Timeout, ServiceBusHost.Token);
            return (int)response.StatusCode;
        }

        async Task<int> ArmAsync(string after)
        {
            using var response = await http.PutAsync(
                Timeout,
                new StringContent($$"""{"after":"{{after}}"}""", Encoding.UTF8, "application/json"),
                ServiceBusHost.Token
            );
            return (int)response.StatusCode;
        }
    }

    /// <summary>Bodies that are not data sections, and whether a request is in them.</summary>
    public static TheoryData<string, AmqpMessageBody, bool> Bodies =>
        new()
        {
            { "azure-sdk-for-java#36497: a JMS text message", AmqpMessageBody.FromValue(Body), true },
            { "azure-sdk-for-net#6912: a JMS bytes message", AmqpMessageBody.FromValue(Bytes(Body)), true },
            {
                "AMQP 1.0, 3.2.6: several data sections",
                AmqpMessageBody.FromData([Bytes(Body[..5]), Bytes(Body[5..])]),
                true
            },
            { "a JMS text message that is not JSON", AmqpMessageBody.FromValue("<cancel/>"), false },
            { "a value that is a number", AmqpMessageBody.FromValue(1443), false },
            { "a JMS map message", AmqpMessageBody.FromValue(Map), false },
            {
                "a JMS stream message",
                AmqpMessageBody.FromSequence([
                    ["orderId", "1443"],
                ]),
                false
            },
        };

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public async Task A_body_is_read_from_any_section_that_holds_text_or_bytes(
        string source,
        AmqpMessageBody body,
        bool isRead
    )
    {
        await using var host = await ServiceBusHost.StartAsync();
        ServiceBusMessage message = new() { MessageId = "message-1" };
        message.GetRawAmqpMessage().Body = body;

        await host.SendAsync("cancel-requests", message);

        if (isRead)
        {
            var outcome = await NextAsync(host.Host.Broker.Local);
            Assert.True(outcome.Message.CorrelationId == "message-1", source);
            Assert.Equal("cancelled", outcome.Message.Property("outcome"));
        }
        else
        {
            var dead = await NextAsync(host.Host.Broker.Requests.DeadLetters!);
            Assert.True(dead.Message.MessageId == "message-1", source);
            Assert.Equal("InvalidMessage", dead.Message.Property("DeadLetterReason"));
        }
    }

    [Fact]
    public async Task A_null_property_is_an_absent_one_over_the_wire_too()
    {
        await using var host = await ServiceBusHost.StartAsync();
        await host.SendAsync(
            "cancel-requests",
            new ServiceBusMessage(Body)
            {
                MessageId = "message-1",
                ApplicationProperties =
                {
                    ["cloudEvents_subject"] = null,
                    ["trigger"] = null,
                    ["onrampCancel_requestId"] = null,
                },
            }
        );
        var outcome = await NextAsync(host.Host.Broker.Local);
        Assert.Equal(("queue", "message-1"), (outcome.Message.Property("trigger"), outcome.Message.CorrelationId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("PT30M")]
    public async Task A_copy_and_a_timeout_have_what_the_sender_set(string? after)
    {
        await using var host = await ServiceBusHost.StartAsync();
        host.Fail(FaultKind.Reset);
        var queue = host.Host.Broker.Requests;
        var body = after is null ? Body : $$"""{"orderId":"1443","after":"{{after}}"}""";
        await host.SendAsync(
            "cancel-requests",
            new ServiceBusMessage(body)
            {
                MessageId = "message-1",
                To = "cancel",
                ReplyTo = "answers",
                ReplyToSessionId = "answers-1",
                SessionId = "session-1",
                Subject = "subject-1",
                CorrelationId = "correlation-1",
                TimeToLive = TimeSpan.FromHours(2),
                ApplicationProperties = { ["tenant"] = "a" },
            }
        );
        await UntilOneIsScheduledAsync(queue);

        await using var receiver = host.Client.CreateReceiver("cancel-requests");
        var copy = await receiver.PeekMessageAsync(0, ServiceBusHost.Token);

        Assert.Equal(
            ("cancel", "answers", "answers-1", "session-1", "subject-1", "correlation-1"),
            (copy.To, copy.ReplyTo, copy.ReplyToSessionId, copy.SessionId, copy.Subject, copy.CorrelationId)
        );
        Assert.Equal("a", copy.ApplicationProperties["tenant"]);
        Assert.Equal(after is null, copy.TimeToLive < TimeSpan.FromHours(2));
        Assert.InRange(copy.TimeToLive, TimeSpan.FromMinutes(90), TimeSpan.FromHours(2));
    }

    private static BrokerMessage Cancel(string id) =>
        new()
        {
            MessageId = id,
            ContentType = "application/json",
            Body = Bytes(Body),
        };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Task<LockedMessage> NextAsync(MessageQueue queue) =>
        queue.ReceiveAsync(ServiceBusHost.Token).AsTask().WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);

    private static Task UntilOneIsScheduledAsync(MessageQueue queue) =>
        queue
            .WhenAsync(static counts => counts is { IsIdle: true, Scheduled: 1 }, ServiceBusHost.Token)
            .WaitAsync(ServiceBusHost.Patience, ServiceBusHost.Token);
}
