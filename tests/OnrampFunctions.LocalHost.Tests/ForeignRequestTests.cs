namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// The host belongs to one developer: no other web page can read from it or change it, on any path.
/// [open-mercato/cezar#426], [google/adk-python#5288], [webpack/webpack-dev-server#887],
/// [modelcontextprotocol/conformance#103]
/// </summary>
public sealed class ForeignRequestTests(ForeignRequestTests.Server server) : IClassFixture<ForeignRequestTests.Server>
{
    private static readonly string[] Paths =
    [
        "POST /api/orders/cancel",
        "OPTIONS /api/orders/cancel",
        "PUT /api/orders/1443/timeout",
        "GET /api/orders/1443/timeout",
        "DELETE /api/orders/1443/timeout",
        "GET /api/orders/1443/outcomes",
        "GET /api/requests/1",
        "GET /api/health",
        "POST /cancel-requests/messages",
        "DELETE /cancel-results/subscriptions/local/messages/head?timeout=0",
        "GET /simulator/orders",
        "PUT /simulator/orders/1443",
        "PATCH /simulator/orders/1443",
        "PUT /simulator/faults",
        "PATCH /simulator/faults",
        "PUT /simulator/vault",
        "GET /simulator/live",
        "POST /simulator/dead-letters/1/replay",
        "DELETE /simulator/dead-letters/1",
        "GET /page/page.js",
        "POST /onramp-merchants/widget/cancelOrder",
        "POST /onramp-merchants//widget/cancelOrder",
        "GET /onramp/api/v2/common/public/currentTimestamp",
        "GET /",
        "GET /reference",
        "GET /reference/",
        "GET /reference/scalar.js",
        "GET /nothing",
        "HEAD /index.html",
    ];

    [Theory]
    [InlineData("Host: rebind.example")]
    [InlineData("Host: rebind.example:7071")] // [Canonry/canonry#1177]
    [InlineData("Host: localhost.rebind.example")]
    [InlineData("Host: 127.0.0.1.nip.io:7071")]
    [InlineData("Host: notlocalhost")]
    [InlineData("Host: evil-localhost:7071")]
    [InlineData("Host: localhost.evil")]
    [InlineData("Host: 0.0.0.0:7071")] // [got-feedBack/feedBack#253]
    [InlineData("Host: [::2]:7071")]
    [InlineData("Host: 192.168.0.10:7071")]
    [InlineData("Host: 169.254.169.254")]
    [InlineData("Host: 128.0.0.1")]
    [InlineData("Host: host.docker.internal:7071")]
    [InlineData("Host:")]
    public Task Cannot_ask_by_another_name(string header) => AssertRefusedAsync("Host", header);

    [Theory]
    // sandboxed frames and files: [Ironship/WordHunter#195], [metalsharp/MetalSharp#398], [gorilla/csrf#207]
    [InlineData("null")]
    [InlineData("https://evil.example")]
    [InlineData("http://evil.example:7071")]
    [InlineData("http://localhost.evil.example:7071")]
    [InlineData("http://localhost:3000")] // another program of this machine: [metalsharp/MetalSharp#398]
    [InlineData("http://localhost")]
    [InlineData("https://localhost:7071")]
    [InlineData("http://127.0.0.1:7071")]
    [InlineData("http://localhost:7071/")]
    [InlineData("http://localhost:7071.evil.example")]
    [InlineData("http://localhost:7071, http://evil.example")]
    [InlineData("file://")]
    [InlineData("chrome-extension://aicmkgpgakddgnaphhhpliifpcfhicfo")]
    [InlineData("")]
    public Task Cannot_ask_from_a_page_of_another_origin(string origin) =>
        AssertRefusedAsync("Origin", $"Host: localhost:7071\nOrigin: {origin}");

    [Fact]
    public Task Cannot_ask_from_two_origins() =>
        AssertRefusedAsync(
            "Origin",
            "Host: localhost:7071\nOrigin: http://localhost:7071\nOrigin: http://evil.example"
        );

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")] // a page of another port of this machine
    [InlineData("Same-Origin")]
    [InlineData("same-origin, cross-site")]
    [InlineData("nonsense")]
    [InlineData("")]
    public Task Cannot_ask_from_a_page_of_another_site(string site) =>
        AssertRefusedAsync("Sec-Fetch-Site", $"Host: localhost:7071\nSec-Fetch-Site: {site}");

    private async Task AssertRefusedAsync(string header, string headers)
    {
        foreach (var path in Paths)
        {
            using var connection = await RawConnection.OpenAsync(server.Host);
            await connection.SendAsync(
                $"{path} HTTP/1.1\n{headers}\nContent-Type: text/plain\nContent-Length: 18\n\n{{\"orderId\":\"1443\"}}"
            );

            var (status, text) = await connection.ReadAsync(
                headersOnly: path.StartsWith("HEAD", StringComparison.Ordinal)
            );
            Assert.True(status == 403, $"{path}: {text}");
            Assert.Contains("Content-Type: application/problem+json", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control", text, StringComparison.OrdinalIgnoreCase);
            if (!path.StartsWith("HEAD", StringComparison.Ordinal))
            {
                Assert.Contains($"{header} must be ", text, StringComparison.Ordinal);
            }
        }

        await server.Host.AssertNoMoreOutcomesAsync();
        Assert.Equal(
            (OrderStates.Waiting, 0, 0),
            (
                server.Host.Simulator.Order("1443").Status,
                server.Host.Simulator.Order("1443").CancelCalls,
                server.Host.Simulator.ClockReads
            )
        );
        Assert.Equal((0, 1), (server.Host.DeadLetters.Counts.Ready, server.Host.Host.Vault.Version));
    }

    public sealed class Server : HostFixture;
}
