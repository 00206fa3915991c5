using System.Collections.Frozen;
using System.Net;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The headers and data of the page, for any client. Other tests run it in a browser.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private const string Live = "/simulator/live";

    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/page/page.css", "text/css; charset=utf-8")]
    [InlineData("/page/page.js", "text/javascript; charset=utf-8")]
    public async Task Lets_the_browser_take_nothing_from_elsewhere(string path, string type)
    {
        var answer = await _host.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, type), (answer.Status, answer.Headers["Content-Type"]));
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            answer.Headers["Content-Security-Policy"]
        );
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
    }

    [Fact]
    public async Task Never_shows_complete_credentials_signatures_or_payloads()
    {
        List<SignedHeaders> seen = [];
        _host.Simulator.Received += seen.Add;
        await _host.CancelAsync("1443");
        await _host.CancelAsync("1444");

        var told = await ReadAsync(Live, "event: calls", "\"1444\"");

        Assert.True(seen.Count >= 2);
        Assert.Contains("X-ONRAMP-SIGNATURE", told, StringComparison.Ordinal);
        Assert.All(
            seen.SelectMany(static headers => new[] { headers.ApiKey, headers.Payload, headers.Signature })
                .Append("test_secret"),
            secret =>
            {
                Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
                Assert.DoesNotContain(secret[..(secret.Length / 2)], told, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Takes_no_outcome_from_anybody()
    {
        await _host.CancelAsync("1443");

        await ReadAsync(Live, "event: outcomes", "\"1443\"");

        Assert.Equal("cancelled", (await _host.NextOutcomeAsync()).Kind);
    }

    [Fact]
    public async Task Cannot_be_watched_by_any_number()
    {
        var viewers = await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(_ => _host.Client.GetAsync(Live, HttpCompletionOption.ResponseHeadersRead, RunningHost.Token))
        );
        Assert.All(viewers, static viewer => Assert.Equal(HttpStatusCode.OK, viewer.StatusCode));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _host.GetAsync(Live)).Status);
        Array.ForEach(viewers, static viewer => viewer.Dispose());
    }

    [Fact]
    public async Task Ends_with_the_host()
    {
        using var viewer = await _host.Client.GetAsync(
            Live,
            HttpCompletionOption.ResponseHeadersRead,
            RunningHost.Token
        );
        await using var stream = await viewer.Content.ReadAsStreamAsync(RunningHost.Token);

        await _host.Host.StopAsync(RunningHost.Token).WaitAsync(RunningHost.Patience, RunningHost.Token);

        await stream.CopyToAsync(Stream.Null, RunningHost.Token).WaitAsync(RunningHost.Patience, RunningHost.Token);
    }

    [Theory]
    [InlineData("POST", "/simulator/dead-letters/1/replay")]
    [InlineData("DELETE", "/simulator/dead-letters/1")]
    [InlineData("DELETE", "/simulator/dead-letters/-1")]
    [InlineData("DELETE", "/simulator/dead-letters/99999999999999999999")]
    [InlineData("DELETE", "/simulator/dead-letters/x")]
    public async Task Cannot_replay_or_remove_dead_letters_that_do_not_exist(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.NotFound, (await _host.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Cannot_lose_a_dead_letter_while_the_queue_refuses()
    {
        var number = await BadMessageAsync();
        _host.Host.Faults.Settings = FaultSettings.None with { Queue = BrokerState.Refuse };

        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await _host.PostAsync($"/simulator/dead-letters/{number}/replay", "")).Status
        );

        Assert.Equal(1, _host.DeadLetters.Counts.Ready);
    }

    [Fact]
    public async Task Cannot_remove_a_dead_letter_that_another_receiver_has_locked()
    {
        var number = await BadMessageAsync();
        var taken = _host.DeadLetters.TryReceive()!;

        Assert.Equal(HttpStatusCode.NotFound, (await _host.DeleteAsync($"/simulator/dead-letters/{number}")).Status);

        Assert.True(_host.DeadLetters.TryComplete(taken));
    }

    [Fact]
    public async Task Puts_a_dead_letter_back_under_the_id_that_the_queue_remembers()
    {
        var number = await BadMessageAsync();

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _host.PostAsync($"/simulator/dead-letters/{number}/replay", "")).Status
        );

        // It is still invalid, so it returns as another delivery of the same message.
        var again = await _host.NextDeadLetterAsync();
        Assert.Equal("message-1", again.Message.MessageId);
        Assert.NotEqual(number, again.SequenceNumber);
    }

    [Fact]
    public async Task Puts_a_dead_letter_back_as_the_same_request()
    {
        _host.Simulator.Put("7001", OrderStates.Waiting);
        _host.Host.Faults.Settings = FaultSettings.None with
        {
            Rates = new Dictionary<FaultKind, double> { [FaultKind.Http503] = 1 }.ToFrozenDictionary(),
        };
        _host.Enqueue("""{"orderId":"7001"}""", "request-1");
        await _host.RetryUntilDeadLetteredAsync();
        var failed = await _host.NextOutcomeAsync();
        _host.Host.Faults.Settings = FaultSettings.None;

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _host.PostAsync($"/simulator/dead-letters/{Looked().SequenceNumber}/replay", "")).Status
        );

        var cancelled = await _host.NextOutcomeAsync();
        Assert.Equal(("failed", "cancelled"), (failed.Kind, cancelled.Kind));
        Assert.Equal("request-1", cancelled.Text("requestId"));
        Assert.Equal(failed.Text("requestedAt"), cancelled.Text("requestedAt"));
        Assert.Equal("1", cancelled.Text("attempts"));
    }

    [Theory]
    [InlineData("u=1, i")]
    [InlineData("u=4")]
    [InlineData("i")]
    public async Task Takes_a_message_that_a_browser_sends_with_its_priority(string priority)
    {
        Assert.Equal(
            HttpStatusCode.Created,
            (
                await _host.PostAsync("/cancel-requests/messages", """{"orderId":"1443"}""", ("Priority", priority))
            ).Status
        );

        Assert.Equal("cancelled", (await _host.NextOutcomeAsync()).Kind);
    }

    private async Task<long> BadMessageAsync()
    {
        _host.Enqueue("""{"order":"1443"}""");
        await _host
            .DeadLetters.WhenAsync(static counts => counts.Ready == 1, RunningHost.Token)
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
        return Looked().SequenceNumber;
    }

    private LockedMessage Looked()
    {
        var looked = _host.DeadLetters.TryReceive()!;
        Assert.True(_host.DeadLetters.TryAbandon(looked));
        return looked;
    }

    /// <summary>Reads a stream until it contains all of these.</summary>
    private async Task<string> ReadAsync(string path, params string[] parts)
    {
        using var answer = await _host.Client.GetAsync(
            path,
            HttpCompletionOption.ResponseHeadersRead,
            RunningHost.Token
        );
        await using var stream = await answer.Content.ReadAsStreamAsync(RunningHost.Token);
        StringBuilder told = new();
        var buffer = new byte[4096];
        while (!parts.All(part => told.ToString().Contains(part, StringComparison.Ordinal)))
        {
            var read = await stream
                .ReadAsync(buffer, RunningHost.Token)
                .AsTask()
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
            Assert.NotEqual(0, read);
            told.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return told.ToString();
    }
}
