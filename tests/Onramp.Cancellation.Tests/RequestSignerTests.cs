using System.Text;

namespace Onramp.Cancellation.Tests;

public sealed class RequestSignerTests
{
    private static readonly ApiCredentials Credentials = new("test_key", "test_secret");

    // printf %s PAYLOAD | openssl dgst -sha512 -hmac test_secret
    public static TheoryData<string, string, string> Vectors =>
        new()
        {
            {
                """{"timestamp":1700000000000,"body":{"orderId":"1443"}}""",
                "eyJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDAsImJvZHkiOnsib3JkZXJJZCI6IjE0NDMifX0=",
                "d323ed077a95de5b4d1335084c298712bf7c695ff2661b4110657b38016e6f1daf9626a7bd4a617921e77a7dccf61252c36220028224346a37818c0552c4a475"
            },
            {
                """{"timestamp": 1700000000000, "body": {"orderId": "1443"}}""",
                "eyJ0aW1lc3RhbXAiOiAxNzAwMDAwMDAwMDAwLCAiYm9keSI6IHsib3JkZXJJZCI6ICIxNDQzIn19",
                "4bb0281fdd471162875225cb4fc94e8b33d4e62b0478699ce62553fb0bc0eaff6d37005807885f6f3a9335039f84270c3a5313fcde6839505e5b757fa5bcfd6a"
            },
            {
                """{"timestamp":1700000000000,"body":{"hash":"abc"}}""",
                "eyJ0aW1lc3RhbXAiOjE3MDAwMDAwMDAwMDAsImJvZHkiOnsiaGFzaCI6ImFiYyJ9fQ==",
                "c410686cdffffc5ea13a1d8eab5037258f655e0b866f7c1340eee8f06cc7d25cb46145c3057c47fc1eb265e22ee8762bdae1eb1bcf37a3951f6b4e7df0fa17a5"
            },
        };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_payload_is_signed_exactly_as_it_is_written(string json, string payload, string signature)
    {
        var signed = RequestSigner.SignPayload(Credentials, Encoding.UTF8.GetBytes(json));
        Assert.Equal((payload, signature), (signed.Payload, signed.Signature));
    }

    [Fact]
    public void A_request_for_an_order_id_gives_the_first_vector() =>
        AssertVector(0, OrderReference.FromOrderId("1443"));

    [Fact]
    public void A_request_for_a_hash_gives_the_third_vector() => AssertVector(2, OrderReference.FromHash("abc"));

    [Fact]
    public void Requests_that_are_signed_at_the_same_time_do_not_disturb_one_another()
    {
        var credentials = new ApiCredentials("test_key", "test_secret");
        var vectors = Vectors.Select(static vector => vector.Data).ToList();
        Parallel.For(
            0,
            3_000,
            number =>
            {
                var (json, _, signature) = vectors[number % vectors.Count];
                Assert.Equal(signature, RequestSigner.SignPayload(credentials, Encoding.UTF8.GetBytes(json)).Signature);
            }
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1700000000000)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void The_longest_hash_of_characters_that_need_escaping_is_signed_whole_at_any_time(long timestamp)
    {
        var order = OrderReference.FromHash(new string('"', OrderReference.MaxHashLength));
        var signed = RequestSigner.Sign(Credentials, timestamp, order.Json.Span);
        var payload = Encoding.UTF8.GetString(Convert.FromBase64String(signed.Payload));
        Assert.Equal($$"""{"timestamp":{{timestamp}},"body":{{Encoding.UTF8.GetString(order.Json.Span)}}}""", payload);
    }

    /// <summary>The other half is always right.</summary>
    [Theory]
    [InlineData("", "test_secret", "apiKey")]
    [InlineData("key with a space", "test_secret", "apiKey")]
    [InlineData("key\n", "test_secret", "apiKey")]
    [InlineData("test_key", "", "apiSecret")]
    [InlineData("test_key", "secret\n", "apiSecret")]
    public void Credentials_that_cannot_be_right_are_refused_without_quoting_them(
        string key,
        string secret,
        string wrong
    )
    {
        var refused = Assert.Throws<ArgumentException>(wrong, () => new ApiCredentials(key, secret));
        Assert.DoesNotContain("secret\n", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("key with", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_be_used_without_a_key_a_secret_or_both()
    {
        Assert.Throws<ArgumentNullException>("apiKey", () => new ApiCredentials(null!, "secret"));
        Assert.Throws<ArgumentNullException>("apiSecret", () => new ApiCredentials("key", null!));
        Assert.Throws<ArgumentNullException>("credentials", () => RequestSigner.SignPayload(null!, "{}"u8));
    }

    [Fact]
    public void Nothing_secret_is_in_the_text_of_a_signed_request_or_of_credentials()
    {
        var text = $"{Credentials} {RequestSigner.Sign(Credentials, 1, "{}"u8)}";
        Assert.DoesNotContain("test_", text, StringComparison.Ordinal);
        Assert.StartsWith("ApiCredentials (values withheld)", text, StringComparison.Ordinal);
    }

    private static void AssertVector(int index, OrderReference order)
    {
        var (_, payload, signature) = Vectors.ElementAt(index).Data;
        var signed = RequestSigner.Sign(Credentials, 1700000000000, order.Json.Span);
        Assert.Equal((payload, signature), (signed.Payload, signed.Signature));
    }
}
