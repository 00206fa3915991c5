using System.Text.RegularExpressions;

namespace OnrampFunctions.LocalHost.Tests.Samples;

/// <summary>The sample requests do what their comments say when sent one after another.</summary>
public sealed partial class SampleRequestTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "samples");
    private static readonly IReadOnlyList<SampleRequest> Samples = HttpFile.Read(
        Path.Combine(Folder, "local-host.http")
    );

    [Fact]
    public async Task Can_send_every_sample_request()
    {
        await using var host = await RunningHost.StartAsync();
        Dictionary<string, Answer> named = [];

        foreach (var sample in Samples)
        {
            var path = Variable()
                .Replace(sample.Path, found => named[found.Groups["name"].Value].Text(found.Groups["field"].Value)!);
            var answer = await SendAsync(host, sample, path, sample.Headers);

            var text = string.Join(
                '\n',
                answer.Headers.Select(header => $"{header.Key}: {header.Value}").Append(answer.Body)
            );
            Assert.True(
                (int)answer.Status == sample.ExpectedStatus
                    && text.Contains(sample.ExpectedText, StringComparison.Ordinal),
                $"{sample.Method} {path} should answer {sample.ExpectedStatus} with {sample.ExpectedText}; it answered {(int)answer.Status} with {text}"
            );
            if (sample.Name is { } name)
            {
                named.Add(name, answer);
            }
        }
    }

    [Fact]
    public void Every_route_has_a_sample_of_each_method()
    {
        var sent = Samples.Select(static sample => $"{sample.Method} {sample.Path.TrimStart('/')}").ToList();

        Assert.All(
            from route in ApiRoute.All
            from method in route.Methods
            where method != "HEAD"
            select $"{method} {ApiRoute.Prefix}/{route.Path}",
            address =>
                Assert.Contains(sent, request => Regex.IsMatch(request, $"^{RouteValue().Replace(address, "[^/]+")}$"))
        );
    }

    [Fact]
    public async Task The_signed_sample_is_taken_with_the_headers_that_the_script_prints()
    {
        var sample = Samples.Single(static sample =>
            sample.Headers.Any(static header => header.Name == "webhook-signature")
        );
        await using var host = await RunningHost.StartAsync();
        host.Clock.SetWallClock(TimeProvider.System.GetUtcNow() - host.Clock.GetUtcNow());

        var printed = await RunScriptAsync(sample.Body);
        Assert.Equal(["webhook-id", "webhook-signature", "webhook-timestamp"], printed.Keys.Order());
        var answer = await SendAsync(
            host,
            sample,
            sample.Path,
            [.. sample.Headers.Select(header => (header.Name, printed.GetValueOrDefault(header.Name, header.Value)))]
        );

        Assert.Equal(("cancelled", printed["webhook-id"]), (answer.Text("outcome"), answer.Text("requestId")));
        Assert.Equal("shop", (await host.NextOutcomeAsync()).Text("caller"));
    }

    [Fact]
    public async Task The_script_says_how_it_is_used()
    {
        var (exitCode, _, error) = await Bash.RunAsync("samples/sign.sh");

        Assert.Equal((2, "Usage: samples/sign.sh BODY [METHOD PATH]"), (exitCode, error.Trim()));
    }

    private static async Task<Answer> SendAsync(
        RunningHost host,
        SampleRequest sample,
        string path,
        IReadOnlyList<(string Name, string Value)> headers
    )
    {
        using HttpRequestMessage request =
            sample.Body.Length > 0
                ? RunningHost.Request(sample.Method, path, sample.Body, [.. headers])
                : new(sample.Method, path);
        foreach (var (name, value) in sample.Body.Length > 0 ? [] : headers)
        {
            request.Headers.Add(name, value);
        }

        return await host.SendAsync(request);
    }

    private static async Task<Dictionary<string, string>> RunScriptAsync(string body)
    {
        var (exitCode, output, _) = await Bash.RunAsync("samples/sign.sh", body);
        Assert.Equal(0, exitCode);
        return output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(": "))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);
    }

    [GeneratedRegex(@"\{\{(?<name>\w+)\.response\.body\.\$\.(?<field>\w+)\}\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex RouteValue();
}
