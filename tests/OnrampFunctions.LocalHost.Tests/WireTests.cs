using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace OnrampFunctions.Local.Tests;

/// <summary>What the provider sees of a cancel, byte for byte.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData("""{"orderId":1443}""", """{"orderId":"1443"}""")]
    [InlineData("""{"hash":"abc","reason":"never sent"}""", """{"hash":"abc"}""")]
    public async Task Sends_what_the_vendor_asks_for(string asked, string body)
    {
        using WireRecorder provider = new();
        await using var host = await RunningHost.StartAsync(("Onramp__BaseUrl", provider.Url));

        var recording = provider.AnswerOneAsync("""{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""");
        var answer = await host.PostAsync("/api/orders/cancel", asked);
        var request = await recording;

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("POST /onramp-merchants/widget/cancelOrder HTTP/1.1", request.RequestLine);
        Assert.Equal("application/json", request.Headers["Accept"]);
        Assert.Equal("application/json;charset=UTF-8", request.Headers["Content-Type"].Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("test_key", request.Headers["X-ONRAMP-APIKEY"]);
        Assert.Equal(body, request.Body);

        var payload = request.Headers["X-ONRAMP-PAYLOAD"];
        var timestamp = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal($$"""{"timestamp":{{timestamp}},"body":{{body}}}""", Encoding.UTF8.GetString(Convert.FromBase64String(payload)));
        var signature = Convert.ToHexStringLower(HMACSHA512.HashData("test_secret"u8, Encoding.ASCII.GetBytes(payload)));
        Assert.Equal(signature, request.Headers["X-ONRAMP-SIGNATURE"]);
    }
}
