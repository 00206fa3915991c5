using System.Collections.Concurrent;
using System.Text;

namespace Onramp.Testing.Contracts;

/// <summary>
/// The promises to callers and order systems. Each level derives from this class and provides its host.
/// </summary>
public abstract class Contract
{
    // Parsing the schemas takes longer than all requests of a test.
    private static readonly ConcurrentDictionary<Type, PublishedDocuments> Documents = new();

    private static readonly ReadOnlyMemory<byte> Good = """{"orderId":"1443","reason":"änderte sich"}"""u8.ToArray();

    /// <summary>Starts the level with a provider that causes this outcome, without retries within a request.</summary>
    protected abstract Task<IContractHost> StartAsync(OutcomeKind leadsTo);

    [Theory]
    [MemberData(nameof(OutcomeCases.Kinds), MemberType = typeof(OutcomeCases))]
    public async Task An_outcome_has_its_answer_and_one_event(OutcomeKind kind)
    {
        var expected = OutcomeCases.Of(kind);
        await using var host = await StartAsync(kind);
        var answer = await SendAsync(host, new() { Body = Good, Headers = [("Idempotency-Key", "key-1")] });
        Assert.Equal(
            (expected.Status, expected.Problem, expected.Outcome, "key-1"),
            (answer.Status, answer.Problem, answer.Text("outcome"), answer.Text("requestId"))
        );
        Assert.Equal(
            (expected.RetryAfter, expected.Problem is null ? null : $"{expected.Outcome == "failed"}"),
            (answer.Header("Retry-After"), answer.Text("retryable"))
        );
        Assert.Equal([expected.Outcome], await OutcomesAsync(host));
    }

    [Theory]
    [MemberData(nameof(OutcomeCases.Kinds), MemberType = typeof(OutcomeCases))]
    public async Task A_delivered_event_is_repeated_only_for_what_a_repeat_can_change(OutcomeKind kind)
    {
        var expected = OutcomeCases.Of(kind);
        await using var host = await StartAsync(kind);
        var answer = await SendAsync(host, EventCases.Structured);
        Assert.Equal(
            (expected.DeliveryStatus, expected.Outcome, "event-1"),
            (answer.Status, answer.Text("outcome"), answer.Text("requestId"))
        );
        Assert.Equal(expected.DeliveryStatus == 503, answer.Header("Retry-After") is not null);
        Assert.Equal([expected.Outcome], await OutcomesAsync(host));
    }

    [Theory]
    [MemberData(nameof(EventCases.Forms), MemberType = typeof(EventCases))]
    public async Task Can_deliver_an_event_in_every_form(string form)
    {
        await using var host = await StartAsync(OutcomeKind.NotCancellable);
        var answer = await SendAsync(host, EventCases.Of(form));
        Assert.Equal(
            (200, "event-1", "not_cancellable"),
            (answer.Status, answer.Text("requestId"), answer.Text("outcome"))
        );
    }

    [Theory]
    [MemberData(nameof(EventCases.NoEvents), MemberType = typeof(EventCases))]
    public Task Cannot_deliver_an_invalid_event_or_request_and_gets_a_status_that_stops_retries(
        string contentType,
        string body
    ) => RefusesAsync(new() { ContentType = contentType, Body = Encoding.UTF8.GetBytes(body) }, 400, "invalid-event");

    [Theory]
    [MemberData(nameof(OutcomeCases.Kinds), MemberType = typeof(OutcomeCases))]
    public async Task An_outcome_ends_a_message_or_has_it_tried_again(OutcomeKind kind)
    {
        var expected = OutcomeCases.Of(kind);
        await using var host = await StartAsync(kind);
        Assert.Equal(expected.Message, await host.DeliverAsync("""{"orderId":"1443"}"""));
        Assert.Equal(expected.Message == "retry" ? [] : [expected.Outcome], await OutcomesAsync(host));
    }

    [Theory]
    [MemberData(nameof(BodyCases.NoJsonObject), MemberType = typeof(BodyCases))]
    public Task Cannot_send_anything_except_a_JSON_object(string body) =>
        RefusesAsync(new() { Body = Encoding.UTF8.GetBytes(body) }, 400, "invalid-json");

    [Fact]
    public Task Cannot_send_bytes_that_are_no_UTF8() =>
        RefusesAsync(new() { Body = (byte[])[.. """{"orderId":"14"""u8, 0xC3, 0x28, .. "\"}"u8] }, 400, "invalid-json");

    [Theory]
    [MemberData(nameof(BodyCases.WrongFields), MemberType = typeof(BodyCases))]
    public async Task Cannot_send_invalid_fields_and_learns_all_of_them(string body, string pointers)
    {
        var answer = await RefusesAsync(new() { Body = Encoding.UTF8.GetBytes(body) }, 422, "invalid-request");
        Assert.Equal(pointers, string.Join(' ', answer.Pointers));
    }

    [Theory]
    [MemberData(nameof(BodyCases.NoJsonObject), MemberType = typeof(BodyCases))]
    public Task Cannot_send_a_message_that_is_not_a_JSON_object(string body) => DeadLettersAsync(body, "not");

    [Theory]
    [MemberData(nameof(BodyCases.WrongFields), MemberType = typeof(BodyCases))]
    public async Task Cannot_send_a_message_with_wrong_fields_and_it_says_which(string body, string pointers)
    {
        // People read the message, so its pointers are not escaped for a URI.
        foreach (var pointer in pointers.Split(' ').Select(static pointer => Uri.UnescapeDataString(pointer[1..])))
        {
            await DeadLettersAsync(body, pointer);
        }
    }

    [Theory]
    [MemberData(nameof(HeaderCases.JsonTypes), MemberType = typeof(HeaderCases))]
    public async Task Can_send_JSON_with_any_charset_parameter(string contentType) =>
        await TakesAsync(new() { Body = Good, ContentType = contentType });

    [Theory]
    [MemberData(nameof(HeaderCases.OtherTypes), MemberType = typeof(HeaderCases))]
    public Task Cannot_send_another_media_type(string contentType) => RefusesTypeAsync(contentType);

    [Fact]
    public Task Cannot_send_a_body_without_a_media_type() => RefusesTypeAsync(null);

    /// <summary>RFC 9110, section 15.5.16: the response says which media type is accepted.</summary>
    private async Task RefusesTypeAsync(string? contentType)
    {
        var answer = await RefusesAsync(
            new() { Body = Good, ContentType = contentType },
            415,
            "unsupported-media-type"
        );
        Assert.StartsWith("application/json", answer.Header("Accept"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HeaderCases.NoEncodings), MemberType = typeof(HeaderCases))]
    public async Task Can_send_a_body_as_it_is(string contentEncoding) =>
        await TakesAsync(new() { Body = Good, Headers = [("Content-Encoding", contentEncoding)] });

    [Theory]
    [MemberData(nameof(HeaderCases.OtherEncodings), MemberType = typeof(HeaderCases))]
    public async Task Cannot_send_a_compressed_body(string contentEncoding)
    {
        var answer = await RefusesAsync(
            new() { Body = Good, Headers = [("Content-Encoding", contentEncoding)] },
            415,
            "unsupported-media-type"
        );
        Assert.Equal("identity", answer.Header("Accept-Encoding"));
    }

    [Theory]
    [MemberData(nameof(HeaderCases.OtherMethods), MemberType = typeof(HeaderCases))]
    public async Task Cannot_use_another_method_and_learns_the_right_one(string method, string path, string allow)
    {
        var answer = await RefusesAsync(
            new()
            {
                Method = method,
                Path = path,
                ContentType = null,
            },
            405,
            "method-not-allowed"
        );
        Assert.Equal(allow, answer.Header("Allow"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("\x7F")]
    [InlineData("256")]
    public Task Cannot_give_an_idempotency_key_that_cannot_be_a_request_id(string key) =>
        RefusesAsync(
            new() { Body = Good, Headers = [("Idempotency-Key", key == "256" ? new string('k', 256) : key)] },
            400,
            "invalid-idempotency-key"
        );

    [Fact]
    public async Task Can_send_a_body_of_the_limit_and_not_one_byte_more()
    {
        var body = Encoding.UTF8.GetBytes("""{"orderId":"1443"}""".PadRight(4097));
        await TakesAsync(new() { Body = body.AsMemory(0, 4096) });
        await RefusesAsync(new() { Body = body }, 413, "body-too-large");
    }

    [Fact]
    public async Task Health_says_that_it_is_ready_and_nothing_else_without_a_limit_of_calls()
    {
        await using var host = await StartAsync(OutcomeKind.Cancelled);
        var answer = await SendAsync(
            host,
            new()
            {
                Method = "GET",
                Path = "/api/health",
                ContentType = null,
            }
        );
        Assert.Equal((200, """{"status":"ready"}"""), (answer.Status, answer.Body));
    }

    private async Task TakesAsync(ContractRequest request)
    {
        await using var host = await StartAsync(OutcomeKind.Cancelled);
        var answer = await SendAsync(host, request);
        Assert.Equal((200, "cancelled"), (answer.Status, answer.Text("outcome")));
    }

    /// <summary>The provider is not called, no outcome is published, and the next request works.</summary>
    private async Task<ContractAnswer> RefusesAsync(ContractRequest request, int status, string problem)
    {
        await using var host = await StartAsync(OutcomeKind.Cancelled);
        var answer = await SendAsync(host, request);
        Assert.Equal((status, problem), (answer.Status, answer.Problem));
        Assert.Equal(0, host.ProviderCalls);
        Assert.Empty(await OutcomesAsync(host));
        Assert.Equal(200, (await SendAsync(host, new() { Body = Good })).Status);
        return answer;
    }

    private async Task DeadLettersAsync(string body, string expected)
    {
        await using var host = await StartAsync(OutcomeKind.Cancelled);
        var settled = await host.DeliverAsync(body);
        Assert.StartsWith("dead-letter InvalidMessage: ", settled, StringComparison.Ordinal);
        Assert.Contains(expected, settled, StringComparison.Ordinal);
        Assert.Equal(0, host.ProviderCalls);
        Assert.Empty(await OutcomesAsync(host));
    }

    /// <summary>Checks the response against the level's own document.</summary>
    private async Task<ContractAnswer> SendAsync(IContractHost host, ContractRequest request)
    {
        var documents = await DocumentsAsync(host);
        var answer = await host.SendAsync(request);
        documents.AssertDescribes(request, answer);

        // RFC 9110, section 10.2.3: the response says when a retry makes sense.
        Assert.True(
            answer.Status is not (429 or >= 500) || answer.Header("Retry-After") is not null,
            $"{answer.Status} {answer.Problem} has no Retry-After."
        );
        return answer;
    }

    /// <summary>The published outcomes, after checking each event against the schema.</summary>
    private async Task<IReadOnlyList<string>> OutcomesAsync(IContractHost host)
    {
        var documents = await DocumentsAsync(host);
        return [.. (await host.EventsAsync()).Select(documents.OutcomeOf)];
    }

    /// <summary>The documents of the level, which its first test reads.</summary>
    private async Task<PublishedDocuments> DocumentsAsync(IContractHost host) =>
        Documents.TryGetValue(GetType(), out var documents)
            ? documents
            : Documents[GetType()] = await PublishedDocuments.ReadAsync(host);
}
