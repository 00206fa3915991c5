using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>A local host on a free port, with its own clock and a client.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    /// <summary>Much longer than needed, so that a bug fails the test instead of hanging it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The start of its clock: noon tomorrow. The broker's client compares locks with the machine's clock, so no lock
    /// appears expired and only this clock decides. The timers of the client do not support times years ahead.
    /// </summary>
    public static readonly DateTimeOffset Start = new(
        TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(36),
        TimeSpan.Zero
    );

    // The client renews locks by the machine's clock. With long locks, none expires when time jumps.
    private static readonly (string Name, string Value) LongLocks = ("LocalHost__LockDuration", $"{LockDuration}");

    private RunningHost(LocalApp host, JumpingClock clock, LogRecorder log)
    {
        Log = log;
        Host = host;
        Clock = clock;
        Client = new HttpClient { BaseAddress = host.BaseAddress, Timeout = Patience };
    }

    public LocalApp Host { get; }

    public JumpingClock Clock { get; }

    public HttpClient Client { get; }

    /// <summary>How long a receiver owns a message.</summary>
    public static TimeSpan LockDuration => TimeSpan.FromDays(1);

    public LogRecorder Log { get; }

    public OnrampSimulator Simulator => Host.Simulator;

    public MessageQueue Queue => Host.Broker.Requests;

    public MessageQueue DeadLetters => Host.Broker.Requests.DeadLetters!;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<RunningHost> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(static _ => { }, settings);

    /// <summary>Starts a host with services that the test replaces or adds.</summary>
    public static async Task<RunningHost> StartAsync(
        Action<IServiceCollection> configure,
        params (string Name, string Value)[] settings
    )
    {
        JumpingClock clock = new(Start);
        LogRecorder log = new();
        var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = clock,
                Quiet = true,
                ConfigureServices = services => configure(services.AddSingleton<ILoggerProvider>(log)),
                Settings = settings
                    .Prepend(LongLocks)
                    .ToDictionary(setting => setting.Name, setting => (string?)setting.Value),
            }
        );
        await host.StartAsync(Token);
        return new RunningHost(host, clock, log);
    }

    /// <summary>Posts a cancel request for an order id.</summary>
    public Task<Answer> CancelAsync(string orderId, params (string Name, string Value)[] headers) =>
        PostAsync("/api/orders/cancel", $$"""{"orderId":"{{orderId}}"}""", headers);

    public async Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var request = Request(HttpMethod.Post, path, json, headers);
        return await SendAsync(request);
    }

    public async Task<Answer> PutAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using var request = Request(HttpMethod.Put, path, json, headers);
        return await SendAsync(request);
    }

    public async Task<Answer> PatchAsync(string path, string json)
    {
        using var request = Request(HttpMethod.Patch, path, json);
        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    public async Task<Answer> DeleteAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, path);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request, Token);
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(',', header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        return new Answer(response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(Token));
    }

    /// <summary>Adds a message directly to the queue, without the validation for senders.</summary>
    public void Enqueue(string json, string messageId = "message-1") =>
        Assert.True(
            Queue.Send(
                new BrokerMessage
                {
                    MessageId = messageId,
                    ContentType = "application/json",
                    Body = Encoding.UTF8.GetBytes(json),
                }
            )
        );

    /// <summary>Waits for the next outcome event.</summary>
    public async Task<Outcome> NextOutcomeAsync()
    {
        var message = await Host.Broker.Local.ReceiveAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.True(Host.Broker.Local.TryComplete(message));
        return new Outcome(message, JsonNode.Parse(message.Message.Body.Span)!);
    }

    /// <summary>Waits for the next dead letter.</summary>
    public async Task<LockedMessage> NextDeadLetterAsync()
    {
        var message = await DeadLetters.ReceiveAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.True(DeadLetters.TryComplete(message));
        return message;
    }

    /// <summary>
    /// Advances the time from retry to retry until a message is a dead letter. Never beyond the next one: the lock of the
    /// message would expire while it is handled.
    /// </summary>
    public async Task RetryUntilDeadLetteredAsync()
    {
        while (true)
        {
            await Queue.WhenAsync(static counts => counts.IsIdle, Token).WaitAsync(Patience, Token);
            if (DeadLetters.Counts.Ready > 0)
            {
                return;
            }

            var next = Queue.Peek(fromSequenceNumber: 0, count: 10).Min(static message => message.DueAt);
            Clock.Advance(next - Clock.GetUtcNow());
        }
    }

    /// <summary>
    /// Waits until no message is in progress or ready, and then checks that there are no more outcome events.
    /// </summary>
    public async Task AssertNoMoreOutcomesAsync()
    {
        await Queue.WhenAsync(counts => counts.IsIdle, Token).WaitAsync(Patience, Token);
        Assert.Equal(0, Host.Broker.Local.Counts.Ready);
    }

    public static HttpRequestMessage Request(
        HttpMethod method,
        string path,
        string json,
        params (string Name, string Value)[] headers
    )
    {
        HttpRequestMessage request = new(method, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}

/// <summary>An HTTP response.</summary>
public sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Text(string name) => Json[name]?.ToString();

    /// <summary>The last part of the problem type, after checking that it is one of ours.</summary>
    public string Problem
    {
        get
        {
            Assert.Equal("application/problem+json", Headers["Content-Type"]);
            Assert.Equal((int)Status, Json["status"]!.GetValue<int>());
            var type = Text("type")!;
            Assert.StartsWith("urn:onramp-cancel:problem:", type, StringComparison.Ordinal);
            return type["urn:onramp-cancel:problem:".Length..];
        }
    }
}

/// <summary>An outcome event.</summary>
public sealed record Outcome(LockedMessage Message, JsonNode Data)
{
    public string Kind => (string)Message.Message.Property("outcome")!;

    public string Trigger => (string)Message.Message.Property("trigger")!;

    public string? Text(string name) => Data[name]?.ToString();
}
