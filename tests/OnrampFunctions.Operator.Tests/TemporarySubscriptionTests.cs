using System.Net;
using System.Text;
using System.Xml.Linq;

namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// Watching with a temporary subscription. Here only its administration works and its messages are not reachable,
/// because the local host supports neither HTTPS for one nor TLS for the other.
/// </summary>
public sealed class TemporarySubscriptionTests
{
    [Fact]
    public async Task Is_taken_away_in_the_end_and_goes_away_by_itself_if_it_is_not()
    {
        using Administration administration = new();

        var run = await WatchAsync(administration);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cannot be reached", run.Sentence, StringComparison.Ordinal);
        Assert.Equal(["PUT", "DELETE"], administration.Requests.Select(static request => request.Method));
        Assert.Single(administration.Requests.Select(static request => request.Path).Distinct());
        Assert.Matches("^/cancel-results/Subscriptions/watch-[0-9a-f]{32}$", administration.Requests[0].Path);
        Assert.Equal(
            ("PT5M", "PT5M", "false"),
            (
                administration.Said("AutoDeleteOnIdle"),
                administration.Said("DefaultMessageTimeToLive"),
                administration.Said("DeadLetteringOnMessageExpiration")
            )
        );
    }

    [Fact]
    public async Task Needs_a_role_that_is_named()
    {
        using Administration administration = new() { Status = HttpStatusCode.Unauthorized };

        var run = await WatchAsync(administration);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Azure Service Bus Data Owner", run.Sentence, StringComparison.Ordinal);
        Assert.Equal(["PUT"], administration.Requests.Select(static request => request.Method).Distinct());
    }

    /// <summary>The first request and one more.</summary>
    [Fact]
    public async Task Is_asked_for_twice_while_the_namespace_is_busy()
    {
        using Administration administration = new() { Status = HttpStatusCode.ServiceUnavailable };

        var run = await WatchAsync(administration);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["PUT", "PUT"], administration.Requests.Select(static request => request.Method));
    }

    /// <summary>Ctrl+C ends the watch, and then the subscription is still taken away.</summary>
    [Fact]
    public async Task Is_taken_away_after_an_interruption()
    {
        using CancellationTokenSource interrupted = new();
        using Administration administration = new() { OnCreated = interrupted.Cancel };

        await WatchAsync(administration, interrupted);

        Assert.Equal(["PUT", "DELETE"], administration.Requests.Select(static request => request.Method));
    }

    [Fact]
    public async Task Has_nothing_of_the_past()
    {
        using Administration administration = new();
        var run = await WatchAsync(administration, "--since", "5m");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--since needs --subscription", run.Sentence, StringComparison.Ordinal);
        Assert.Empty(administration.Requests);
    }

    private static Task<Run> WatchAsync(Administration administration, params string[] options) =>
        WatchAsync(administration, interrupted: null, options);

    private static Task<Run> WatchAsync(
        Administration administration,
        CancellationTokenSource? interrupted,
        params string[] options
    ) =>
        Run.ToolAsync(
            [
                "outcomes",
                "watch",
                "--connection-string",
                $"Endpoint=sb://localhost:{InstalledProgram.UnusedPort};SharedAccessKeyName=k;SharedAccessKey=s",
                .. options,
            ],
            environment => environment with { Administration = administration },
            interrupted
        );

    private sealed class Administration : HttpMessageHandler
    {
        public HttpStatusCode Status { get; init; } = HttpStatusCode.Created;

        /// <summary>Called once the subscription exists.</summary>
        public Action? OnCreated { get; init; }

        public List<(string Method, string Path, string Body)> Requests { get; } = [];

        public string? Said(string element) =>
            XDocument
                .Parse(Requests[0].Body)
                .Descendants()
                .SingleOrDefault(found => found.Name.LocalName == element)
                ?.Value;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Requests.Add((request.Method.Method, request.RequestUri!.AbsolutePath, body));

            // Service Bus returns what was requested, under its name.
            var answer = body.Replace(
                "<content",
                $"<title type=\"text\">{request.RequestUri.AbsolutePath.Split('/')[^1]}</title><content",
                StringComparison.Ordinal
            );
            if (request.Method == HttpMethod.Put)
            {
                OnCreated?.Invoke();
            }

            return new HttpResponseMessage(request.Method == HttpMethod.Delete ? HttpStatusCode.OK : Status)
            {
                RequestMessage = request,
                Content = new StringContent(
                    Status == HttpStatusCode.Created
                        ? answer
                        : "<Error><Code>401</Code><Detail>Manage claims required.</Detail></Error>",
                    Encoding.UTF8,
                    "application/atom+xml"
                ),
            };
        }
    }
}
