using System.Net;
using Azure.Messaging.ServiceBus;

namespace Reliability.Tests;

/// <summary>
/// Data from the connection to the provider is detected wherever else it appears, without false positives.
/// </summary>
public sealed class LeakTests
{
    // printf %s PAYLOAD | openssl dgst -sha512 -hmac test_secret
    private const string Payload = "eyJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDAsImJvZHkiOnsib3JkZXJJZCI6IjE0NDMifX0=";
    private const string Signature =
        "d323ed077a95de5b4d1335084c298712bf7c695ff2661b4110657b38016e6f1daf9626a7bd4a617921e77a7dccf61252c36220028224346a37818c0552c4a475";

    private static readonly ProviderCredentials Pair = CredentialPairs.Of(seed: 1, number: 0);
    private static readonly PlannedRequest Request = new(7, Way.Http, 0, OnlyIfUnpaid: false) { ByHash = true };

    private readonly Secrets _secrets = new();
    private readonly RecordedTexts _sayings = new();

    public LeakTests()
    {
        _secrets.Add(SecretKind.Key, Pair.ApiKey);
        _secrets.Add(SecretKind.Secret, Pair.ApiSecret);
        _secrets.Add(SecretKind.Signature, Signature);
        _secrets.Add(SecretKind.Payload, Payload);
        _secrets.Add(SecretKind.Hash, Request.Hash);
    }

    public static TheoryData<string, SecretKind> Leaks =>
        new()
        {
            { Pair.ApiKey, SecretKind.Key },
            { Pair.ApiKey.ToUpperInvariant(), SecretKind.Key },
            { Pair.ApiSecret, SecretKind.Secret },
            { Signature, SecretKind.Signature },
            { Signature[..23], SecretKind.Signature },
            { Signature[50..73], SecretKind.Signature },
            { Signature[^23..], SecretKind.Signature },
            { Signature[..64] + "\r\n" + Signature[64..], SecretKind.Signature },
            { string.Join(' ', Signature.Chunk(8).Select(static part => new string(part))), SecretKind.Signature },
            { Payload, SecretKind.Payload },
            { Payload[30..53], SecretKind.Payload },
            { """{"timestamp":1700000000000,"body":{"orderId":"1443"}}""", SecretKind.Payload },
            { """{ \"timestamp\" : 1700000000000""", SecretKind.Payload },
            { """about "body": {"hash": "abc"}""", SecretKind.Payload },
            { Request.Hash, SecretKind.Hash },
            { $"{Pair.ApiKey} {Signature}", SecretKind.Key | SecretKind.Signature },
        };

    [Theory]
    [MemberData(nameof(Leaks))]
    public void Cannot_leak_in_a_log_line(string text, SecretKind kind)
    {
        _sayings.AddLine($"Onramp said: so it goes, {text}…", exception: null);
        Assert.Equal([kind], Found());
    }

    [Fact]
    public void Cannot_leak_in_an_exception()
    {
        _sayings.AddLine("No answer", new InvalidOperationException("outer", new IOException($"X-Debug: {Signature}")));
        Assert.Equal([SecretKind.Signature], Found());
    }

    [Theory]
    [InlineData("detail", true)]
    [InlineData("hash", false)]
    public void Cannot_leak_in_a_response_except_in_its_own_field(string field, bool leaks)
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK);
        _sayings.AddAnswer(answer, $$"""{"requestId":"request-7","{{field}}":"{{Request.Hash}}"}""");
        Assert.Equal(leaks ? [SecretKind.Hash] : [], Found());
    }

    [Fact]
    public void Cannot_leak_another_secret_in_a_field_or_behind_json_escapes()
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK);
        _sayings.AddAnswer(answer, $$"""{"hash":"{{Signature}}","errors":[{"detail":"\u0022timestamp\u0022:17"}]}""");
        Assert.Equal([SecretKind.Payload, SecretKind.Signature], Found().Order().Reverse());
    }

    [Fact]
    public void Cannot_leak_in_a_header()
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK);
        answer.Headers.TryAddWithoutValidation("Location", $"/api/orders/{Request.Hash}");
        _sayings.AddAnswer(answer, "{}");
        Assert.Equal([SecretKind.Hash], Found());
    }

    [Theory]
    [InlineData("cloudEvents_subject", false)]
    [InlineData("outcome", true)]
    public void Cannot_leak_in_a_property_except_its_own(string property, bool leaks)
    {
        _sayings.AddEvent(Event($$"""{"hash":"{{Request.Hash}}"}""", (property, Request.Hash)));
        Assert.Equal(leaks ? [SecretKind.Hash] : [], Found());
    }

    [Fact]
    public void Cannot_leak_in_an_event_or_a_dead_letter()
    {
        _sayings.AddEvent(Event($$"""{"hash":"","detail":"nothing for {{Request.Hash}}"}"""));
        _sayings.AddProperties(
            "a dead letter",
            [KeyValuePair.Create<string, object?>("DeadLetterErrorDescription", Pair.ApiSecret)]
        );
        Assert.Equal([SecretKind.Hash, SecretKind.Secret], Found());
    }

    [Theory]
    [MemberData(nameof(Leaks))]
    public void Cannot_leak_in_exported_telemetry(string text, SecretKind kind)
    {
        _sayings.AddExported("span POST", [null, "http.request.method=POST", $"detail={text}"]);
        Assert.Equal([kind], Found());
    }

    [Fact]
    public void Ordinary_texts_are_no_leaks()
    {
        _sayings.AddLine(
            $"Cancel outcome failed: order 1000007, request request-7, timestamps are corrected by 3 ms, {Signature[..11]}, {Pair.ApiKey[..11]}",
            exception: null
        );
        using var answer = new HttpResponseMessage(HttpStatusCode.OK);
        _sayings.AddAnswer(answer, """{"orderId":"1443","body":"timestamp","completedAt":"2030-01-31T12:00:00Z"}""");
        _sayings.AddAnswer(answer, "not JSON");
        Assert.Empty(Found());
    }

    [Fact]
    public void Cannot_search_for_a_secret_that_is_too_short_to_be_unique() =>
        Assert.Throws<ArgumentException>(() => _secrets.Add(SecretKind.Key, "test_key"));

    private static ServiceBusReceivedMessage Event(string body, params (string Name, object Value)[] properties) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            new BinaryData(body),
            messageId: "id",
            properties: properties.ToDictionary(property => property.Name, property => property.Value)
        );

    private IEnumerable<SecretKind> Found() =>
        _sayings
            .Find(_secrets)
            .Select(static leak =>
            {
                Assert.Equal(Promises.Told, leak.Promise);
                return Enum.Parse<SecretKind>(leak.Story[0].Split(" in ")[0]);
            });
}
