using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using StandardWebhooks;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// An operator changes a caller's secret: first a new version in the vault, then the sender uses it. Meanwhile both are
/// in use, and other callers send wrong signatures.
/// </summary>
public sealed class CallerRotationTests
{
    private const string Old = "whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==";
    private const string New = "whsec_bmV3ZXIgc2VjcmV0IG9mIHRoZSBzaG9wLg==";
    private const string Nobodys = "whsec_c2VjcmV0IG9mIHNvbWVib2R5IGVsc2UgZW50aXJlbHk=";
    private const string Rotation = $$"""{"webhookSecret":"{{New}}"}""";

    [Fact]
    public async Task No_request_is_refused_under_load()
    {
        const int senders = 8,
            requests = 40;

        // The clock jumps over each delay, but not so far that anything else times out.
        await using var host = await RunningHost.StartAsync(("KeyVault__ReloadCooldown", "00:00:00.1"));
        TaskCompletionSource half = new(),
            changed = new();
        var begun = 0;

        var load = Enumerable
            .Range(0, senders)
            .Select(sender =>
                Task.Run(
                    async () =>
                    {
                        List<HttpStatusCode> answers = [];
                        for (var request = 0; request < requests; request++)
                        {
                            if (Interlocked.Increment(ref begun) == senders * requests / 2)
                            {
                                half.SetResult();
                            }

                            // One sender keeps the old secret. The others use the new one as soon as the vault has it.
                            answers.Add(
                                await SendAsync(
                                    host.Client,
                                    host.Clock,
                                    sender > 0 && changed.Task.IsCompleted ? New : Old
                                )
                            );
                        }

                        return answers;
                    },
                    RunningHost.Token
                )
            )
            .ToList();
        var strangers = Task.Run(
            async () =>
            {
                List<HttpStatusCode> answers = [];
                while (!load.TrueForAll(static sender => sender.IsCompleted) && answers.Count < 20)
                {
                    answers.Add(await SendAsync(host.Client, host.Clock, Nobodys));
                }

                return answers;
            },
            RunningHost.Token
        );

        await half.Task.WaitAsync(RunningHost.Patience, RunningHost.Token);
        Assert.Equal(HttpStatusCode.OK, (await host.PutAsync("/simulator/vault", Rotation)).Status);
        changed.SetResult();

        Assert.All(
            (await Task.WhenAll(load)).SelectMany(static answers => answers),
            static status => Assert.Equal(HttpStatusCode.OK, status)
        );
        Assert.All(await strangers, static status => Assert.Equal(HttpStatusCode.Unauthorized, status));
    }

    [Fact]
    public async Task Who_signs_wrongly_keeps_others_waiting_for_one_pause_and_few_at_a_time()
    {
        const int waiting = 16,
            flood = 40;
        StillClock clock = new(RunningHost.Start);
        await using var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Clock = clock,
                Quiet = true,
                Settings = new Dictionary<string, string?>
                {
                    ["KeyVault__ReloadCooldown"] = $"{StillClock.Pause}",
                    ["Onramp__CallTimeout"] = "00:00:30",
                    ["Onramp__TotalBudget"] = "00:03:00",
                },
            }
        );
        await host.StartAsync(RunningHost.Token);
        using HttpClient client = new() { BaseAddress = host.BaseAddress, Timeout = RunningHost.Patience };
        for (var stray = 0; stray < 3; stray++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(client, clock, Nobodys));
        }

        host.Vault.RotateWebhookSecret(New);
        var first = SendAsync(client, clock, New);
        await clock.WhenPausing.WaitAsync(RunningHost.Patience, RunningHost.Token);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, clock, Old));

        // Requests without a place get a response while the time stands still.
        List<Task<HttpStatusCode>> strangers =
        [
            .. Enumerable.Range(0, flood).Select(_ => SendAsync(client, clock, Nobodys)),
        ];
        Assert.Equal(
            flood - (waiting - 1),
            await Task.WhenEach(strangers)
                .Take(flood - (waiting - 1))
                .CountAsync(RunningHost.Token)
                .AsTask()
                .WaitAsync(RunningHost.Patience, RunningHost.Token)
        );
        Assert.Equal(
            (waiting - 1, false),
            (strangers.Count(static stranger => !stranger.IsCompleted), first.IsCompleted)
        );

        clock.Advance(StillClock.Pause);
        Assert.Equal(HttpStatusCode.OK, await first);
        Assert.All(await Task.WhenAll(strangers), static status => Assert.Equal(HttpStatusCode.Unauthorized, status));
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, TimeProvider clock, string secret)
    {
        const string body = """{"orderId":"1443"}""";
        var (id, now) = ($"msg-{Guid.NewGuid():N}", clock.GetUtcNow());
        using var request = RunningHost.Request(
            HttpMethod.Post,
            "/api/orders/cancel",
            body,
            ("webhook-id", id),
            ("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("webhook-signature", new StandardWebhook(secret).Sign(id, now, body))
        );
        using var answer = await client.SendAsync(request, RunningHost.Token);
        return answer.StatusCode;
    }

    /// <summary>
    /// A clock that stands still until the test advances it, and reports when the service waits between two reads.
    /// </summary>
    private sealed class StillClock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        /// <summary>No other delay is this long.</summary>
        public static readonly TimeSpan Pause = TimeSpan.FromSeconds(7);

        private readonly TaskCompletionSource _pausing = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenPausing => _pausing.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == Pause)
            {
                _pausing.TrySetResult();
            }

            return timer;
        }
    }
}
