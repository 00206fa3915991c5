using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The contracts as a page, which works without a network and makes no external requests.</summary>
public sealed partial class ApiReferenceTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_page_loads_its_scripts_and_icon_from_this_host()
    {
        var page = await OpenAsync();
        var loaded = Loaded()
            .Matches(page.Body)
            .Select(static match => match.Groups["path"].Value)
            .Append(Configuration(page)["favicon"]!.ToString())
            .Distinct()
            .ToList();

        Assert.Equal(
            ["favicon.svg", "scalar.aspnetcore.js", "scalar.js"],
            loaded.Select(static path => path.TrimStart('.', '/')).Distinct().Order()
        );
        foreach (var path in loaded)
        {
            Assert.Equal(HttpStatusCode.OK, (await _host.GetAsync($"/reference/{path}")).Status);
        }
    }

    [Fact]
    public async Task The_page_shows_the_contracts_of_this_host()
    {
        var sources = Configuration(await OpenAsync())["sources"]!
            .AsArray()
            .Select(static source => source!["url"]!.ToString())
            .ToList();

        // Relative to the host, whatever its name and however often the page was opened.
        Assert.Equal(["api/openapi.json", "api/asyncapi.json"], sources);
        Assert.Equal("3.1.1", (await _host.GetAsync($"/{sources[0]}")).Text("openapi"));
        Assert.Equal("3.0.0", (await _host.GetAsync($"/{sources[1]}")).Text("asyncapi"));
    }

    /// <summary>
    /// The script contains addresses of its vendor. The page does not use them, and the browser must not load them.
    /// </summary>
    [Fact]
    public async Task The_browser_loads_nothing_from_elsewhere_and_sends_nothing_there()
    {
        var page = await OpenAsync();
        var nonce = Nonce().Match(page.Body).Groups["nonce"].Value;
        var policy = page.Headers["Content-Security-Policy"]
            .Split("; ")
            .ToDictionary(static rule => rule.Split(' ')[0], static rule => rule.Split(' ')[1..]);

        Assert.Equal(["'self'"], policy["default-src"]);
        Assert.Equal(["'self'", $"'nonce-{nonce}'"], policy["script-src"]);
        Assert.Empty(
            policy
                .Values.SelectMany(static sources => sources)
                .Except(["'self'", "'none'", "'unsafe-inline'", "data:", $"'nonce-{nonce}'"])
        );
        Assert.NotEqual(nonce, Nonce().Match((await OpenAsync()).Body).Groups["nonce"].Value);

        var configuration = Configuration(page);
        Assert.Equal(
            (false, false, true, true, null),
            (
                configuration["withDefaultFonts"]!.GetValue<bool>(),
                configuration["telemetry"]!.GetValue<bool>(),
                configuration["agent"]!["disabled"]!.GetValue<bool>(),
                configuration["mcp"]!["disabled"]!.GetValue<bool>(),
                configuration["proxyUrl"]?.ToString()
            )
        );
    }

    private async Task<Answer> OpenAsync()
    {
        var page = await _host.GetAsync("/reference");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.Headers["Content-Type"]));
        return page;
    }

    private static JsonNode Configuration(Answer page) =>
        JsonNode.Parse(ConfigurationLine().Match(page.Body).Groups["json"].Value)!;

    [GeneratedRegex("""(?:src=|href=|from )["'](?<path>[^"']+)["']""")]
    private static partial Regex Loaded();

    [GeneratedRegex("""<script[^>]* nonce="(?<nonce>[^"]{22,})">""")]
    private static partial Regex Nonce();

    [GeneratedRegex("""^\s*(?<json>\{"withDefaultFonts".*\}),\r?$""", RegexOptions.Multiline)]
    private static partial Regex ConfigurationLine();
}
