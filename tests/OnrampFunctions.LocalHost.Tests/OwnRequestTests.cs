namespace OnrampFunctions.LocalHost.Tests;

/// <summary>What is refused from other web pages works for the developer's own programs and pages.</summary>
public sealed class OwnRequestTests(OwnRequestTests.Server server) : IClassFixture<OwnRequestTests.Server>
{
    [Theory]
    [InlineData("Host: localhost:7071")] // curl and programs
    [InlineData("Host: localhost")]
    [InlineData("Host: LocalHost:1")]
    [InlineData("Host: localhost.:7071")] // [quick-lint/quick-lint-js#951]
    [InlineData("Host: shop.localhost:7071")]
    [InlineData("Host: 127.0.0.1:7071")]
    [InlineData("Host: 127.0.0.1")]
    [InlineData("Host: 127.0.0.2:7071")]
    [InlineData("Host: [::1]:7071")]
    [InlineData("Host: [::1]")]
    [InlineData("Host: localhost:7071\nOrigin: http://localhost:7071\nSec-Fetch-Site: same-origin")]
    [InlineData("Host: 127.0.0.1:7071\nOrigin: http://127.0.0.1:7071")]
    [InlineData("Host: LocalHost:7071\nOrigin: http://localhost:7071")]
    // typed into the address bar
    [InlineData("Host: localhost:7071\nSec-Fetch-Site: none\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document")]
    [InlineData("Host: localhost:7071\nSec-Fetch-Mode: cors")] // Node's fetch
    [InlineData("Host: localhost:7071\nReferer: https://docs.example/")]
    public async Task Can_ask_as_the_developers_own_programs_and_pages_do(string headers)
    {
        using var connection = await RawConnection.OpenAsync(server.Host);
        await connection.SendAsync(
            $"POST /api/orders/cancel HTTP/1.1\n{headers}\nContent-Type: application/json\nContent-Length: 18\n\n{{\"orderId\":\"1443\"}}"
        );

        Assert.Equal(200, (await connection.ReadAsync()).Status);
    }

    public sealed class Server : HostFixture;
}
