using System.Net;
using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// An update and its rollback: this release and another one, each with the settings of the other, and with the messages
/// and rows that the other wrote. <c>eng/rollback.sh</c> builds the other release and runs these tests.
/// </summary>
public sealed class RollbackTests(Platform platform)
{
    private const string Variable = "OTHER_RELEASE";

    private static readonly string? OtherRelease = Environment.GetEnvironmentVariable(Variable);

    [Theory]
    [InlineData("newer-requests", true)]
    [InlineData("older-requests", false)]
    public async Task A_release_carries_on_with_what_another_one_left(string queue, bool thisReadsWhatTheOtherWrote)
    {
        Assert.SkipWhen(OtherRelease is null, $"{Variable} names no other release. Run eng/rollback.sh.");
        var writer = thisReadsWhatTheOtherWrote ? OtherRelease : null;
        var reader = thisReadsWhatTheOtherWrote ? null : OtherRelease;
        string deferred;
        var (waiting, fired, retried) = (platform.Order(), platform.Order(), platform.Order());
        retried.Plan(Enumerable.Repeat(new PlannedFault(FaultKind.Http503), 2));
        await using (var app = await StartAsync(App(writer), queue, settingsOf: reader))
        {
            Assert.Equal(
                HttpStatusCode.Created,
                (await app.PutAsync($"/api/orders/{fired.OrderId}/timeout", """{"after":"PT10S"}""")).Status
            );
            var answer = await app.CancelAsync(waiting.OrderId, ("Prefer", "respond-async"));
            Assert.Equal(HttpStatusCode.Accepted, answer.Status);
            deferred = answer.Headers["Location"];
        }

        await using (await StartAsync(QueueWorker(writer), queue, settingsOf: reader))
        {
            await platform.Bus.SendAsync(
                queue,
                new ServiceBusMessage($$"""{"orderId":"{{retried.OrderId}}"}""")
                {
                    MessageId = $"{queue}-retried",
                    ContentType = "application/json",
                }
            );
            await platform
                .Queue(queue)
                .WhenAsync(static counts => counts is { IsIdle: true, Scheduled: >= 1 }, Platform.Token)
                .WaitAsync(Platform.Patience, Platform.Token);
        }

        await using var readingApp = await StartAsync(App(reader), queue, settingsOf: writer);
        await using var readingWorker = await StartAsync(QueueWorker(reader), queue, settingsOf: writer);
        var outcome = await platform.Bus.OutcomeAsync($"{queue}-retried");
        Assert.Equal("cancelled", outcome.ApplicationProperties["outcome"]);

        // The attempt of the other release is counted: its history was read.
        Assert.Equal("2", JsonNode.Parse(outcome.Body)!["attempts"]!.ToString());
        await UntilAsync(readingApp, deferred, "state", "finished");
        await UntilAsync(readingApp, $"/api/orders/{fired.OrderId}/timeout", "state", "fired");
        Assert.All([waiting, fired, retried], static order => Assert.Equal(OrderStates.Cancelled, order.Status));
        Assert.Equal((1, 1), (waiting.CancelCalls, fired.CancelCalls));
        Assert.Empty(platform.Queue($"{queue}/$deadletterqueue").Peek(0, 10));
    }

    private static string App(string? release) =>
        release is null
            ? Platform.BuiltProgram("OnrampFunctions")
            : Path.Combine(release, "app", "OnrampFunctions.dll");

    private static string QueueWorker(string? release) =>
        release is null
            ? Platform.BuiltProgram("QueueWorker")
            : Path.Combine(release, "queue-worker", "QueueWorker.dll");

    /// <summary>Starts a program with all settings of a release, as its templates write them.</summary>
    private Task<HostedApp> StartAsync(string program, string queue, string? settingsOf)
    {
        var folder = settingsOf ?? AppContext.BaseDirectory;
        var written = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "local.settings.sample.json")))!["Values"]!;
        var settings = written
            .AsObject()
            .Where(static setting =>
                setting.Key.Contains("__", StringComparison.Ordinal)
                && !setting.Key.StartsWith("ServiceBus__", StringComparison.Ordinal)
            )
            .ToDictionary(static setting => setting.Key, static setting => (string?)setting.Value);
        foreach (var (name, value) in platform.SettingsOf(queue))
        {
            settings[name] = value;
        }

        settings["Queue__RetryDelays__0"] = "00:00:10";
        WorkerProgram worker = new(program) { Settings = settings };
        return program.EndsWith("QueueWorker.dll", StringComparison.Ordinal)
            ? Platform.StartQueueWorkerAsync(worker)
            : HostedApp.StartAsync(worker);
    }

    private static async Task UntilAsync(HostedApp app, string path, string name, string expected)
    {
        using CancellationTokenSource patience = new(Platform.Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var answer = await app.SendAsync(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            if (answer.Text(name) == expected)
            {
                return;
            }

            Assert.True(await timer.WaitForNextTickAsync(patience.Token), answer.Body);
        }
    }
}
