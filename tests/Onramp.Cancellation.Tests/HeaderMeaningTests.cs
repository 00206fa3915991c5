using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Request headers follow their specifications.</summary>
public sealed class HeaderMeaningTests
{
    private static readonly ReadOnlyMemory<byte> Body = """{"orderId":"1443"}"""u8.ToArray();

    /// <summary>Header lines, separated by |, and whether the request is sent to the queue (RFC 7240).</summary>
    public static TheoryData<string, bool> Preferences =>
        new()
        {
            { "respond-async", true },
            { "Respond-Async", true }, // section 2: names are compared in any case
            { "respond-async=\"\"", true }, // section 2: an empty value is no value
            { "respond-async =\"\"", true },
            { "respond-async; foo", true },
            { "respond-async;foo=\"a,b\"", true },
            { "respond-async=\"\"; wait=5", true },
            { "wait=5, respond-async", true },
            { "wait=5 , respond-async ; x=y", true },
            { "foo=\"a, b\", respond-async", true },
            { "foo=\"\\\"\", respond-async", true },
            { ", ,respond-async,", true }, // RFC 9110, section 5.6.1.2: empty elements
            { "wait=5|respond-async", true }, // section 2: several headers are one list
            { "return=minimal|handling=lenient, respond-async", true },
            { "foo=\"x, respond-async\"", false }, // a comma in a quoted preference
            { "foo=\"x, respond-async, y\"", false },
            { "foo; bar=\"x, respond-async\"", false },
            { "foo=\"\\\", respond-async", false },
            { "foo=\"x|respond-async\"", false },
            { "\"respond-async\"", false },
            { "foo=respond-async", false },
            { "foo; respond-async", false }, // a parameter of another preference
            { "respond-asynchronously", false },
            { "x-respond-async", false },
            { "respond async", false },
            { "respond-async=5", false }, // section 4.1: it has no value
            { "respond-async=5, respond-async", false }, // section 2: only the first counts
            { "return=minimal", false },
            { "", false },
        };

    /// <summary>
    /// The header and the resulting request id (draft-ietf-httpapi-idempotency-key-header, section 2.1; RFC 9651,
    /// section 3.3.3).
    /// </summary>
    public static TheoryData<string, string> Keys =>
        new()
        {
            { "k", "k" },
            { "\"k\"", "k" },
            { "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "8e03978e-40d5-43e8-bc93-6894a57f9324" },
            { "\"k\";v=1", "k" }, // parameters mean nothing
            { "\"k\" ; v", "k" },
            { "\"a,b\"", "a,b" },
            { "\"a\\\"b\\\\c\"", "a\"b\\c" },
            { "\" \"", " " },
            { "a\"b", "a\"b" },
            { "k;v=1", "k;v=1" },
        };

    public static TheoryData<string> NoKeys =>
        [
            "",
            "\"\"",
            "\"",
            "\"k",
            "\"k\\",
            "\"k\\x\"",
            "\"k\"x",
            "\"k\", \"k\"",
            "\"k\";v, \"l\"",
            "k,k",
            "k, l",
            "\"k\tl\"",
            "\"\u00e4\"",
            $"\"{new string('k', 256)}\"",
            new string('k', 256),
        ];

    /// <summary>Headers that allow a single value, and the problem for two values (table SingleHeader).</summary>
    public static TheoryData<string, string> SingleHeaders =>
        new()
        {
            { "Idempotency-Key", "invalid-idempotency-key" },
            { "idempotency-key", "invalid-idempotency-key" },
            { "Content-Type", "repeated-header" },
            { "webhook-id", "repeated-header" },
            { "webhook-timestamp", "repeated-header" },
            { "webhook-signature", "repeated-header" },
            { "ce-id", "invalid-event" },
            { "ce-source", "invalid-event" },
            { "CE-Type", "invalid-event" },
            { "ce-specversion", "invalid-event" },
            { "ce-subject", "invalid-event" },
            { "aeg-event-type", "repeated-header" },
            { "X-MS-CLIENT-PRINCIPAL-ID", "repeated-header" },
        };

    [Theory]
    [MemberData(nameof(Preferences))]
    public async Task A_preference_is_read_as_its_specification_says(string headers, bool isAsync)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var answer = await service.SendAsync(
            new() { Body = Body, Headers = [.. headers.Split('|').Select(static value => ("Prefer", value))] }
        );
        Assert.Equal(
            (isAsync ? 202 : 200, isAsync ? "respond-async" : null),
            (answer.Status, answer.Header("Preference-Applied"))
        );
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task An_idempotency_key_is_the_same_with_and_without_quotes(string header, string id)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(
            id,
            (await service.SendAsync(new() { Body = Body, Headers = [("Idempotency-Key", header)] })).Text("requestId")
        );
    }

    [Theory]
    [MemberData(nameof(NoKeys))]
    public async Task An_empty_or_repeated_idempotency_key_is_rejected(string header)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SendAsync(new() { Body = Body, Headers = [("Idempotency-Key", header)] });
        Assert.Equal((400, "invalid-idempotency-key"), (answer.Status, answer.Problem));
        Assert.Empty(service.Provider.Calls);
    }

    [Fact]
    public async Task One_key_with_and_without_quotes_is_one_request()
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        await service.SendAsync(new() { Body = Body, Headers = [("Idempotency-Key", "k")] });
        await service.SendAsync(new() { Body = Body, Headers = [("Idempotency-Key", "\"k\"")] });
        Assert.Single(service.Topic.Events.Select(static sent => sent.MessageId).Distinct());
    }

    [Theory]
    [MemberData(nameof(SingleHeaders))]
    public async Task A_repeated_single_value_header_is_rejected(string name, string problem)
    {
        await using var service = await Service.StartAsync();
        ContractRequest request = new()
        {
            Body = Body,
            ContentType = name == "Content-Type" ? null : "application/json",
        };
        foreach (var second in (string[])["application/json", "application/other"])
        {
            var answer = await service.SendAsync(
                request with
                {
                    Headers = [(name, "application/json"), (name, second)],
                }
            );
            Assert.Equal((400, problem), (answer.Status, answer.Problem));
            Assert.Equal([$"#/{name}"], answer.Pointers);
        }

        Assert.Empty(service.Provider.Calls);
    }

    [Theory]
    [MemberData(nameof(SingleHeaders))]
    public async Task A_repeated_single_value_header_is_rejected_without_a_body(string name, string problem)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SendAsync(
            new()
            {
                Method = "DELETE",
                Path = "/api/orders/1443/timeout",
                ContentType = null,
                Headers = [(name, "a"), (name, "b")],
            }
        );
        Assert.Equal((400, problem), (answer.Status, answer.Problem));
    }

    [Theory]
    [MemberData(nameof(SingleHeaders))]
    [InlineData("WebHook-Request-Origin", "repeated-header")]
    public async Task A_repeated_single_value_header_is_rejected_in_the_webhook_handshake(string name, string problem)
    {
        await using var service = await Service.StartAsync(("Callers__AllowedOrigins__0", "*"));
        var answer = await service.SendAsync(
            new()
            {
                Method = "OPTIONS",
                ContentType = null,
                Headers = [(name, "a.example.com"), (name, "b.example.com")],
            }
        );
        Assert.Equal((400, problem), (answer.Status, answer.Problem));
    }

    /// <summary>
    /// Lists may be split over several headers (RFC 9110, section 5.3), and trace headers never fail a request.
    /// </summary>
    [Theory]
    [InlineData("Content-Encoding", "identity", "identity")]
    [InlineData("tracestate", "a=1", "b=2")]
    [InlineData(
        "traceparent",
        "00-11111111111111111111111111111111-1111111111111111-01",
        "00-22222222222222222222222222222222-2222222222222222-01"
    )]
    [InlineData("Accept", "application/json", "text/html")]
    [InlineData("X-Forwarded-For", "192.0.2.1", "192.0.2.2")]
    public async Task A_list_may_be_spread_over_several_headers(string name, string one, string other)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        Assert.Equal(
            200,
            (await service.SendAsync(new() { Body = Body, Headers = [(name, one), (name, other)] })).Status
        );
    }

    [Theory]
    [InlineData(
        "/api/orders/cancel",
        """{"orderId":"1443","after":"PT30M"}""",
        "#/after",
        "PUT /api/orders/{order}/timeout"
    )]
    [InlineData(
        "/api/orders/cancel",
        """{"orderId":"1443","at":"2030-01-31T12:00:00Z"}""",
        "#/at",
        "PUT /api/orders/{order}/timeout"
    )]
    [InlineData("/api/orders/1443/timeout", "{}", "#", "POST /api/orders/cancel")]
    [InlineData("/api/orders/1443/timeout", """{"after":null}""", "#", "POST /api/orders/cancel")]
    public async Task A_field_of_another_endpoint_is_reported_with_that_endpoint(
        string path,
        string body,
        string pointer,
        string address
    )
    {
        await using var service = await Service.StartAsync();
        var method = path == "/api/orders/cancel" ? "POST" : "PUT";
        var request = new ContractRequest
        {
            Method = method,
            Path = path,
            Body = Encoding.UTF8.GetBytes(body),
        };
        var answer = await service.SendAsync(request);
        Assert.Equal((422, pointer), (answer.Status, Assert.Single(answer.Pointers)));
        Assert.Contains(address, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_of_another_endpoint_is_reported_in_an_event_too()
    {
        await using var service = await Service.StartAsync();
        var body =
            """{"specversion":"1.0","id":"e","source":"/s","type":"t","data":{"orderId":"1","after":"PT1M"}}"""u8;
        var answer = await service.SendAsync(EventCases.Structured with { Body = body.ToArray() });
        Assert.Equal((400, "invalid-event"), (answer.Status, answer.Problem));
        Assert.Contains("PUT /api/orders/{order}/timeout", answer.Body, StringComparison.Ordinal);
    }
}
