using System.Text;
using System.Text.Json;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// No key, secret, signature, payload or hash is in a log, an event or a response, however the provider quotes it.
/// </summary>
public sealed class WithholdingTests
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015";

    private static readonly Dictionary<string, Func<ReceivedCall, string>> Quotes = new()
    {
        ["the key"] = call => $"bad key {call.Headers["X-ONRAMP-APIKEY"]}",
        ["the key in capitals"] = call => $"bad key {call.Headers["X-ONRAMP-APIKEY"].ToUpperInvariant()}",
        ["the key twice"] = call => $"got {call.Headers["X-ONRAMP-APIKEY"]}, not {call.Headers["X-ONRAMP-APIKEY"]}",
        ["the signature"] = call => $"bad {Signature(call)} end",
        ["the signature in capitals"] = call => $"bad {Signature(call).ToUpperInvariant()}",
        ["the signature across the cut"] = call =>
            new string('x', 20) + string.Concat(Enumerable.Repeat(" word", 40)) + Signature(call),
        ["the signature with a line break inside"] = call => $"bad {Signature(call)[..64]}\n{Signature(call)[64..]}",
        ["the signature in groups"] = call =>
            $"bad {string.Join(' ', Signature(call).Chunk(8).Select(static part => new string(part)))}",
        ["a part of the signature"] = call => $"expected {Signature(call)[..64]}…",
        ["the signature twice"] = call => $"got {Signature(call)}, not {Signature(call)}",
        ["the payload"] = call => $"bad {call.Headers["X-ONRAMP-PAYLOAD"]}",
        ["the payload with line breaks"] = call =>
            $"bad {string.Join("\r\n", call.Headers["X-ONRAMP-PAYLOAD"].Chunk(16).Select(static part => new string(part)))}",
        ["the decoded payload"] = call => $"bad {Decoded(call)}",
        ["the decoded payload, spaced out"] = call =>
            $"bad {Decoded(call).Replace(":", " : ", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal)}",
        ["the decoded payload, escaped"] = call =>
            $"bad {Decoded(call).Replace("\"", "\\\"", StringComparison.Ordinal)}",
        ["the hash"] = call => $"nothing for {Hash}",
    };

    public static TheoryData<string, int> QuotesAndStatuses =>
        [.. Quotes.Keys.SelectMany(static name => new[] { (name, 200), (name, 400), (name, 500) })];

    [Theory]
    [MemberData(nameof(QuotesAndStatuses))]
    public async Task What_the_provider_quotes_is_withheld_before_it_is_cut(string quote, int http)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = (call, time, token) =>
            Answers.Json(http, $$"""{"status":0,"error":{{Json(Quotes[quote](call))}}}""")(call, time, token);
        var response = await service.PostAsync($$"""{"hash":"{{Hash}}"}""");
        var detail = Service.Json(response.Body).GetProperty("detail").GetString()!;
        var ofEvent = Service.Json(Assert.Single(service.Topic.Events).Body).GetProperty("detail").GetString()!;
        Assert.Contains("[withheld]", detail + ofEvent, StringComparison.Ordinal);
        AssertNothing(service, [detail, ofEvent, .. service.Log.Lines.Select(static line => line.Text)]);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_logged_without_what_it_quotes()
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service.Provider.Otherwise = (call, _, _) =>
            throw new HttpRequestException(
                $"Received an invalid header line: 'X-Debug {Signature(call)} {call.Headers["X-ONRAMP-APIKEY"]}'"
            );
        await service.CancelAsync();
        Assert.Contains(
            service.Log.Lines,
            static line => line.Text.Contains("invalid header line", StringComparison.Ordinal)
        );
        AssertNothing(service, service.Log.Lines.Select(static line => line.Text));
    }

    [Fact]
    public async Task An_ordinary_text_stays_as_it_is()
    {
        await using var service = await Service.StartAsync();
        service
            .Provider.OnCancel(Answers.Error(406, "Coin USDT on chain 3 is not supported (see api.onramp.money/docs)"))
            .OnGet(Answers.Order(0));
        Assert.Equal(
            "Coin USDT on chain 3 is not supported (see api.onramp.money/docs)",
            (await service.CancelAsync()).Detail
        );
    }

    /// <summary>Three characters are part of many words.</summary>
    [Theory]
    [InlineData("not", "Coin is not supported")]
    [InlineData("supp", "Coin is not [withheld]orted")]
    public async Task An_ordinary_text_is_not_damaged_by_a_hash_of_three_characters(string hash, string detail)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.OnCancel(Answers.Error(406, "Coin is not supported")).OnGet(Answers.Order(0));

        await service.PostAsync($$"""{"hash":"{{hash}}"}""");

        var sent = Assert.Single(service.Topic.Events);
        Assert.Equal(detail, Service.Json(sent.Body).GetProperty("detail").GetString());
    }

    private static void AssertNothing(Service service, IEnumerable<string> texts)
    {
        var secrets = service
            .Provider.Calls.SelectMany(static call =>
                new[] { Signature(call)[..32], call.Headers["X-ONRAMP-PAYLOAD"][..32], Decoded(call)[..24] }
            )
            .Concat(["test_key", "test_secret", Hash[..16]])
            .Distinct()
            .Select(Compact)
            .ToList();
        foreach (var text in texts.Select(Compact))
        {
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static string Compact(string text) =>
        string.Concat(text.Where(static c => !char.IsWhiteSpace(c) && c != '\\'));

    private static string Json(string text) => JsonSerializer.Serialize(text, TextJson.Default.String);

    private static string Signature(ReceivedCall call) => call.Headers["X-ONRAMP-SIGNATURE"];

    private static string Decoded(ReceivedCall call) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(call.Headers["X-ONRAMP-PAYLOAD"]));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TextJson : System.Text.Json.Serialization.JsonSerializerContext;
