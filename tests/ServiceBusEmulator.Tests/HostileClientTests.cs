using System.Text;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// A client that breaks the protocol loses a message, a link or its connection; other clients are not affected.
/// </summary>
public sealed class HostileClientTests(SharedEmulator shared) : IClassFixture<SharedEmulator>
{
    private const int FrameBytes = 65_000;

    private readonly RunningEmulator _emulator = shared.Emulator;

    /// <summary>
    /// Frames that would exhaust the stack or memory while the library decodes them; the first was sent by outsiders.
    /// </summary>
    public static TheoryData<string, byte[]> Frames =>
        new()
        {
            {
                "open with a property of zeros",
                Raw.Performative(0x10, [Raw.Text("c"), .. Nulls(8), Raw.Map(Raw.Symbol("p"), Raw.Zeros(FrameBytes))])
            },
            {
                "open with a property of lists",
                Raw.Performative(0x10, [Raw.Text("c"), .. Nulls(8), Raw.Map(Raw.Symbol("p"), Raw.NestedLists(7000))])
            },
            {
                "open with a property of arrays",
                Raw.Performative(0x10, [Raw.Text("c"), .. Nulls(8), Raw.Map(Raw.Symbol("p"), Raw.NestedArrays(7000))])
            },
            {
                "begin with a property",
                Raw.Performative(
                    0x11,
                    [
                        Raw.Null,
                        [0x43],
                        [0x52, 9],
                        [0x52, 9],
                        .. Nulls(3),
                        Raw.Map(Raw.Symbol("p"), Raw.Zeros(FrameBytes)),
                    ]
                )
            },
            {
                "attach with a property",
                Raw.Performative(
                    0x12,
                    [Raw.Text("l"), [0x43], [0x41], .. Nulls(10), Raw.Map(Raw.Symbol("p"), Raw.NestedLists(7000))]
                )
            },
            {
                "attach with a filter",
                Raw.Performative(
                    0x12,
                    [
                        Raw.Text("l"),
                        [0x43],
                        [0x41],
                        .. Nulls(2),
                        Raw.Described(0x28, Raw.List([.. Nulls(7), Raw.Map(Raw.Symbol("f"), Raw.Zeros(FrameBytes))])),
                    ]
                )
            },
            {
                "flow with a property",
                Raw.Performative(
                    0x13,
                    [
                        Raw.Null,
                        [0x52, 9],
                        [0x43],
                        [0x52, 9],
                        .. Nulls(6),
                        Raw.Map(Raw.Symbol("p"), Raw.NestedLists(7000)),
                    ]
                )
            },
            {
                "transfer with a state",
                Raw.Performative(
                    0x14,
                    [
                        [0x43],
                        [0x43],
                        .. Nulls(5),
                        Raw.NestedLists(7000),
                    ]
                )
            },
            {
                "disposition with an error",
                Raw.Performative(
                    0x15,
                    [
                        [0x41],
                        [0x43],
                        .. Nulls(2),
                        Raw.Described(
                            0x25,
                            Raw.List(
                                Raw.Described(
                                    0x1D,
                                    Raw.List(Raw.Symbol("e"), Raw.Null, Raw.Map(Raw.Symbol("i"), Raw.NestedLists(7000)))
                                )
                            )
                        ),
                    ]
                )
            },
            {
                "detach with an error",
                Raw.Performative(
                    0x16,
                    [
                        [0x43],
                        [0x41],
                        Raw.Described(
                            0x1D,
                            Raw.List(Raw.Symbol("e"), Raw.Null, Raw.Map(Raw.Symbol("i"), Raw.Zeros(FrameBytes)))
                        ),
                    ]
                )
            },
            {
                "end with an error",
                Raw.Performative(
                    0x17,
                    [Raw.Described(0x1D, Raw.List(Raw.Symbol("e"), Raw.Null, Raw.Zeros(FrameBytes)))]
                )
            },
            {
                "close with an error",
                Raw.Performative(
                    0x18,
                    [Raw.Described(0x1D, Raw.List(Raw.Symbol("e"), Raw.Null, Raw.NestedArrays(7000)))]
                )
            },
            { "a performative that is nothing but descriptors", Raw.Zeros(FrameBytes) },
            {
                "four billion nulls in an array",
                Raw.Performative(0x10, [Raw.Text("c"), .. Nulls(8), [0xF0, 0, 0, 0, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x40]])
            },
            {
                "a list of more items than it has",
                Raw.Performative(
                    0x10,
                    [
                        [0xD0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF],
                    ]
                )
            },
            { "a list that ends behind its frame", [0x00, 0x53, 0x10, 0xD0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1] },
            { "a format code that does not exist", [0x00, 0x53, 0x10, 0x01] },
            { "a performative that does not exist", Raw.Performative(0x7F, []) },
            { "no performative", Raw.Text("text") },
            {
                "a handle above all tables (HandleTable.Remove)",
                Raw.Performative(0x12, [Raw.Text("l"), [0x70, 0xFF, 0xFF, 0xFF, 0xFF], [0x42]])
            },
            { "a handle above handle-max", Raw.Performative(0x12, [Raw.Text("l"), [0x70, 0, 0, 1, 0], [0x41]]) },
        };

    /// <summary>
    /// Messages that would crash or block their receivers: deeply nested ones, and properties without a simple type
    /// (AMQP 1.0, 3.2.5).
    /// </summary>
    public static TheoryData<string, byte[], string> InvalidMessages =>
        new()
        {
            { "a property of lists in lists", WithProperty(Raw.NestedLists(7000)), "nested deeper" },
            { "a property of zeros", WithProperty(Raw.Zeros(80_000)), "nested deeper" },
            { "a value body of lists in lists", Raw.Described(0x77, Raw.NestedLists(7000)), "nested deeper" },
            { "a value body of arrays in arrays", Raw.Described(0x77, Raw.NestedArrays(7000)), "nested deeper" },
            { "a value body of descriptors", Raw.Described(0x77, Raw.Zeros(80_000)), "nested deeper" },
            { "a sequence body", Raw.Described(0x76, Raw.List(Raw.NestedLists(7000))), "nested deeper" },
            {
                "a footer",
                [
                    .. Raw.Described(0x75, Raw.Binary([1])),
                    .. Raw.Described(0x78, Raw.Map(Raw.Symbol("f"), Raw.NestedLists(7000))),
                ],
                "nested deeper"
            },
            {
                "delivery annotations",
                [
                    .. Raw.Described(0x71, Raw.Map(Raw.Symbol("a"), Raw.NestedLists(7000))),
                    .. Raw.Described(0x75, Raw.Binary([1])),
                ],
                "nested deeper"
            },
            {
                "annotations",
                [
                    .. Raw.Described(0x72, Raw.Map(Raw.Symbol("a"), Raw.NestedLists(7000))),
                    .. Raw.Described(0x75, Raw.Binary([1])),
                ],
                "nested deeper"
            },
            { "properties", Raw.Described(0x73, Raw.List(Raw.NestedLists(7000))), "nested deeper" },
            { "a header", Raw.Described(0x70, Raw.List(Raw.NestedLists(7000))), "nested deeper" },
            {
                "an array of four billion nulls",
                Raw.Described(0x77, [0xF0, 0, 0, 0, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x40]),
                "elements without content"
            },
            {
                "a list as a property (azure-service-bus-dotnet#483)",
                WithProperty(Raw.List(Raw.Text("a"))),
                "'p' does not have a simple type"
            },
            { "an empty list as a property", WithProperty([0x45]), "'p' does not have a simple type" },
            {
                "a map as a property",
                WithProperty(Raw.Map(Raw.Text("a"), Raw.Text("b"))),
                "'p' does not have a simple type"
            },
            {
                "an array as a property (azure-sdk-for-js#25014)",
                WithProperty([0xE0, 3, 1, 0x50, 7]),
                "'p' does not have a simple type"
            },
            {
                "an array of text as a property",
                WithProperty([0xE0, 5, 1, 0xA1, 2, 65, 66]),
                "'p' does not have a simple type"
            },
            {
                "a described list as a property",
                WithProperty(Raw.Described("com.microsoft:uri", Raw.List())),
                "'p' does not have a simple type"
            },
            {
                "a time span that is text",
                WithProperty(Raw.Described("com.microsoft:timespan", Raw.Text("soon"))),
                "'p' does not have a simple type"
            },
            {
                "a described value of another kind",
                WithProperty(Raw.Described("example:colour", Raw.Text("red"))),
                "'p' does not have a simple type"
            },
            {
                "a property whose name is a number",
                Raw.Described(0x74, Raw.Map([0x50, 7], Raw.Text("a"))),
                "name of an application property"
            },
        };

    public static TheoryData<string, string> SilentClients =>
        new()
        {
            { "nothing", "" },
            { "half a SASL header", "AMQP\u0003" },
            { "a SASL header", "AMQP\u0003\u0001\0\0" },
            { "half a SASL frame", "AMQP\u0003\u0001\0\0\0\0\0\u0020\u0002" },
            { "half an AMQP header", "AMQP\0" },
            { "no open", "AMQP\0\u0001\0\0" },
            { "half the size of its open", "AMQP\0\u0001\0\0\0\0" },
            { "half an open", "AMQP\0\u0001\0\0\0\0\0\u0020\u0002\0\0\0" },
            { "heartbeats and no open", "AMQP\0\u0001\0\0\0\0\0\u0008\u0002\0\0\0\0\0\0\u0008\u0002\0\0\0" },
        };

    [Theory]
    [MemberData(nameof(Frames), DisableDiscoveryEnumeration = true)]
    public async Task A_hostile_frame_only_ends_its_own_connection(string what, byte[] body)
    {
        using var client = await RawClient.ConnectAsync(_emulator.Port);
        await client.AuthenticateAsync("ANONYMOUS", []);
        await client.StartAsync();
        if (!what.StartsWith("open", StringComparison.Ordinal))
        {
            await client.SendAsync(new Open { ContainerId = "raw" });
            await client.ReceiveAsync<Open>();
            await client.SendAsync(
                new Begin
                {
                    NextOutgoingId = 0,
                    IncomingWindow = 100,
                    OutgoingWindow = 100,
                }
            );
            await client.ReceiveAsync<Begin>();
        }

        await client.SendAsync(RawClient.FrameOf(body));

        await client.EndAsync();
        await ServesOthersAsync();
    }

    [Theory]
    [InlineData(0x7FFFFFFFU)]
    [InlineData(0xFFFFFFFFU)]
    [InlineData(65_537U)]
    [InlineData(7U)]
    [InlineData(0U)]
    public async Task Cannot_send_frames_of_invalid_sizes(uint size)
    {
        using var client = await RawClient.BeginAsync(_emulator);

        await client.SendAsync([(byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, 2, 0, 0, 0]);

        await client.EndAsync();
        await ServesOthersAsync();
    }

    [Theory]
    [MemberData(nameof(InvalidMessages), DisableDiscoveryEnumeration = true)]
    public async Task Cannot_send_a_message_that_harms_receivers(string what, byte[] message, string words)
    {
        Assert.True(_emulator.Broker.TryFind("orders", out var queue));
        var before = queue.Counts.Ready;
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders");

        AssertRejected(await SendInFramesAsync(client, 0, message, format: 0));
        AssertRejected(
            await SendInFramesAsync(client, 1, Raw.Described(0x75, Raw.Binary(message)), format: 0x80013700)
        );

        // The link still works.
        Assert.IsType<Accepted>(await client.DeliverAsync(2, Raw.Described(0x75, Raw.Binary([1]))));
        Assert.Equal(before + 1, queue.Counts.Ready);

        void AssertRejected(DeliveryState state)
        {
            var error = Assert.IsType<Rejected>(state).Error;
            Assert.True(error.Description.Contains(words, StringComparison.Ordinal), $"{what}: {error.Description}");
        }
    }

    [Theory]
    [InlineData("list", false)]
    [InlineData("deep", false)]
    [InlineData("list", true)]
    [InlineData("deep", true)]
    public async Task Cannot_schedule_a_message_that_harms_receivers(string what, bool asRequest)
    {
        var harmful = WithProperty(what == "deep" ? Raw.NestedLists(7000) : Raw.List());
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders/$management");

        // The request itself or the message in it is invalid.
        byte[] request =
        [
            .. Raw.Described(0x73, Raw.List(Raw.Text("id"), Raw.Null, Raw.Null, Raw.Null, Raw.Text("reply-1"))),
            .. Raw.Described(
                0x74,
                Raw.Map(
                    Raw.Text("operation"),
                    asRequest ? Raw.NestedLists(7000) : Raw.Text("com.microsoft:schedule-message")
                )
            ),
            .. Raw.Described(
                0x77,
                Raw.Map(Raw.Text("messages"), Raw.List(Raw.Map(Raw.Text("message"), Raw.Binary(harmful))))
            ),
        ];
        var state = await SendInFramesAsync(client, 0, request, format: 0);

        Assert.Equal(asRequest, state is Rejected);
        await ServesOthersAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cannot_add_a_harmful_property_while_settling(bool byAbandoning)
    {
        // Other tests leave messages of several frames in the queue "orders".
        await _emulator.SendAsync("graveyard", Messages.Of("a"));
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachReceiverAsync("graveyard");
        await client.SendAsync(
            new Flow
            {
                Handle = 0,
                LinkCredit = 1,
                DeliveryCount = 0,
                NextIncomingId = 0,
                IncomingWindow = 100,
                NextOutgoingId = 0,
                OutgoingWindow = 100,
            }
        );
        await client.ReceiveAsync<Transfer>();
        var properties = new Fields { ["p"] = new List<object> { 1 } };

        await client.SendAsync(
            new Disposition
            {
                Role = true,
                First = 0,
                State = byAbandoning
                    ? new Modified { MessageAnnotations = properties }
                    : new Rejected
                    {
                        Error = new Error { Condition = "c", Info = properties },
                    },
            }
        );

        Assert.Contains(
            "'p' does not have a simple type",
            Assert.IsType<Rejected>((await client.ReceiveAsync<Disposition>()).State).Error.Description,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("orders/$management")]
    [InlineData("$cbs")]
    public async Task Cannot_send_an_endless_message(string address)
    {
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync(address);
        var part = new byte[60_000];
        for (var i = 0; i < 100; i++)
        {
            await client.SendAsync(RawClient.Transfer(0, more: true), part);
        }

        Assert.Equal(AmqpErrorCode.MessageSizeExceeded, (await client.ReceiveAsync<Detach>()).Error.Condition);
        await client.SendAsync(new Detach { Handle = 0, Closed = true });
        await client.AttachSenderAsync("orders", handle: 1);
        Assert.IsType<Accepted>(await client.DeliverAsync(1, Raw.Described(0x75, Raw.Binary([1])), handle: 1));
    }

    [Theory]
    [InlineData(256 * 1024, true)]
    [InlineData((256 * 1024) + 1, false)]
    public async Task Cannot_send_a_message_above_the_maximum(int bytes, bool isAccepted)
    {
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders");

        // A section of binary data has 8 bytes in addition to the data.
        var outcome = await SendInFramesAsync(client, 0, Raw.Described(0x75, Raw.Binary(new byte[bytes - 8])), 0);

        Assert.Equal(isAccepted, outcome is Accepted);
    }

    /// <summary>The sender never says that the message is complete, so its size alone ends the link.</summary>
    [Theory]
    [InlineData(256 * 1024, true)]
    [InlineData((256 * 1024) + 1, false)]
    public async Task Cannot_send_more_than_the_maximum_of_an_incomplete_message(int bytes, bool isAccepted)
    {
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders");
        foreach (var part in Raw.Described(0x75, Raw.Binary(new byte[bytes - 8])).Chunk(60_000))
        {
            await client.SendAsync(RawClient.Transfer(0, more: true), part);
        }

        if (isAccepted)
        {
            Assert.IsType<Accepted>(await client.DeliverAsync(0, []));
        }
        else
        {
            Assert.Equal(AmqpErrorCode.MessageSizeExceeded, (await client.ReceiveAsync<Detach>()).Error.Condition);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task Cannot_send_a_message_id_without_characters_or_with_too_many(int length, bool isAccepted)
    {
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders");

        var outcome = await client.DeliverAsync(
            0,
            [
                .. Raw.Described(0x73, Raw.List(Raw.Text(new string('x', length)))),
                .. Raw.Described(0x75, Raw.Binary([1])),
            ]
        );

        Assert.Equal(isAccepted, outcome is Accepted);
    }

    [Fact]
    public async Task Cannot_keep_incomplete_messages_on_many_links()
    {
        using var client = await RawClient.BeginAsync(_emulator);
        var part = new byte[60_000];
        try
        {
            for (var handle = 0U; handle < 100; handle++)
            {
                await client.AttachSenderAsync("orders", handle);
                for (var i = 0; i < 4; i++)
                {
                    await client.SendAsync(RawClient.Transfer(handle, more: true, handle), part);
                }
            }
        }
        catch (InvalidOperationException)
        {
            // The close came instead of the answer to an attach.
        }

        await client.EndAsync();
        await ServesOthersAsync();
    }

    [Fact]
    public async Task Cannot_hold_more_deliveries_than_the_limit_of_a_link()
    {
        const int messages = 5200;
        Assert.True(_emulator.Broker.TryFind("doomed", out var queue));
        for (var i = 0; i < messages; i++)
        {
            queue.Send(new BrokerMessage { MessageId = $"{i}" });
        }

        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachReceiverAsync("doomed");
        await client.SendAsync(
            new Flow
            {
                Handle = 0,
                LinkCredit = 100_000,
                DeliveryCount = 0,
                NextIncomingId = 0,
                IncomingWindow = 100_000,
                NextOutgoingId = 0,
                OutgoingWindow = 100,
            }
        );

        await queue
            .WhenAsync(counts => counts.Locked == 5000, RunningEmulator.Token)
            .WaitAsync(RunningEmulator.Patience, RunningEmulator.Token);
        await client.SendAsync(
            new Disposition
            {
                Role = true,
                First = 0,
                Last = 99,
                Settled = true,
                State = new Accepted(),
            }
        );
        await queue
            .WhenAsync(counts => counts is { Locked: 5000, Ready: 100 }, RunningEmulator.Token)
            .WaitAsync(RunningEmulator.Patience, RunningEmulator.Token);
    }

    [Theory]
    [MemberData(nameof(SilentClients))]
    public async Task Cannot_stay_connected_without_an_open(string what, string bytes)
    {
        using var client = await RawClient.ConnectAsync(_emulator.Port);
        await client.SendAsync(Encoding.Latin1.GetBytes(bytes));
        await ServesOthersAsync();
        _emulator.Clock.Advance(TimeSpan.FromSeconds(9));
        await client.SendAsync([]);
        _emulator.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await client.IsEndedAsync(), what);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(100)]
    public async Task Cannot_stay_connected_with_an_incomplete_frame(int bytes)
    {
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders");
        var frame = RawClient.FrameOf(RawClient.Transfer(0, more: false), new byte[500]);
        await client.SendAsync(frame[..bytes]);

        // Minutes between frames are allowed; only an incomplete frame has a deadline.
        await ServesOthersAsync();
        _emulator.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.True(await client.IsEndedAsync());
    }

    [Fact]
    public async Task Can_be_idle_after_its_open()
    {
        using var client = await RawClient.BeginAsync(_emulator);
        await client.AttachSenderAsync("orders");
        _emulator.Clock.Advance(TimeSpan.FromMinutes(3));

        Assert.IsType<Accepted>(await client.DeliverAsync(0, Raw.Described(0x75, Raw.Binary([1]))));
    }

    /// <summary>Any key is accepted, like any token: only this machine can connect.</summary>
    [Theory]
    [InlineData("PLAIN", "\0RootManageSharedAccessKey\0SAS_KEY_VALUE", SaslCode.Ok)]
    [InlineData("PLAIN", "\0any\0other key", SaslCode.Ok)]
    [InlineData("PLAIN", "someone\0any\0key", SaslCode.Ok)]
    [InlineData("PLAIN", "\0\0key", SaslCode.Sys)]
    [InlineData("PLAIN", "name and key", SaslCode.Sys)]
    [InlineData("PLAIN", "", SaslCode.Sys)]
    [InlineData("ANONYMOUS", "", SaslCode.Ok)]
    [InlineData("MSSBCBS", "", SaslCode.Ok)]
    [InlineData("SCRAM-SHA-256", "", SaslCode.Sys)]
    public async Task Authenticates_as_with_Service_Bus(string mechanism, string response, SaslCode expected)
    {
        using var client = await RawClient.ConnectAsync(_emulator.Port);

        Assert.Equal(expected, await client.AuthenticateAsync(mechanism, Encoding.UTF8.GetBytes(response)));

        if (expected == SaslCode.Ok)
        {
            await client.StartAsync();
            await client.SendAsync(new Open { ContainerId = "raw" });
            await client.ReceiveAsync<Open>();
        }
        else
        {
            Assert.True(await client.IsEndedAsync());
        }
    }

    private async Task ServesOthersAsync()
    {
        using var other = await RawClient.BeginAsync(_emulator);
        await other.AttachSenderAsync("forgetful");
        Assert.IsType<Accepted>(await other.DeliverAsync(0, Raw.Described(0x75, Raw.Binary([1]))));
    }

    private static async Task<DeliveryState> SendInFramesAsync(RawClient client, uint id, byte[] message, uint format)
    {
        var parts = message.Chunk(60_000).ToArray();
        for (var i = 0; i < parts.Length - 1; i++)
        {
            await client.SendAsync(RawClient.Transfer(id, more: true, format: format), parts[i]);
        }

        return await client.DeliverAsync(id, parts[^1], format: format);
    }

    private static byte[] WithProperty(byte[] value) =>
        [.. Raw.Described(0x74, Raw.Map(Raw.Text("p"), value)), .. Raw.Described(0x75, Raw.Binary([1]))];

    private static byte[][] Nulls(int count) => [.. Enumerable.Repeat(Raw.Null, count)];
}
