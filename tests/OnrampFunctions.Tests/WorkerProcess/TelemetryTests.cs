using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// The telemetry that the real worker process exports with the protocols of the exporters, until it exits.
/// </summary>
public sealed class TelemetryTests(Platform platform)
{
    private static readonly string[] Gauges =
    [
        "onramp.circuit.state",
        "onramp.credentials.age",
        "onramp.permits.in_use",
        "onramp.permits.waiting",
    ];
    private static readonly string[] Recorded =
    [
        "onramp.cancel.attempts",
        "onramp.cancel.duration",
        "onramp.cancel.outcomes",
        "onramp.provider.call.duration",
    ];

    // The sender marks the trace as not sampled. That is the sender's decision and not ours.
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    [Fact]
    public async Task Application_Insights_gets_metrics_spans_and_the_log_from_the_apps_identity()
    {
        await RunAsync(InsightsReceiver.SettingsOf(platform.Local));

        var items = platform
            .Insights.Received.SelectMany(static received =>
                received.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            )
            .Select(static line => JsonElement.Parse(line))
            .ToList();
        var metrics = Data("Metric")
            .SelectMany(static data => data.GetProperty("metrics").EnumerateArray())
            .Select(static metric => metric.GetProperty("name").GetString()!);
        Assert.Empty(Gauges.Concat(Recorded).Except(metrics));
        Assert.Empty(
            (
                (string[])
                    [
                        "function CancelOrder",
                        "POST /api/orders/cancel",
                        "POST /onramp-merchants/widget/cancelOrder",
                        "send worker-results",
                    ]
            ).Except(Data("RemoteDependency").Select(static data => data.GetProperty("name").GetString()!))
        );
        Assert.Contains(
            Data("Message"),
            static data =>
                data.GetProperty("message")
                    .GetString()!
                    .StartsWith("Cancel outcome cancelled: order ", StringComparison.Ordinal)
        );

        // A line with an exception is not a message there. Alerts see only its template.
        var fault = Assert.Single(Data("Exception"));
        Assert.Equal(
            "A queue operation failed",
            fault.GetProperty("properties").GetProperty("OriginalFormat").GetString()
        );
        Assert.DoesNotContain(
            Data("Message"),
            static data =>
                data.GetProperty("message")
                    .GetString()!
                    .StartsWith("A queue operation failed", StringComparison.Ordinal)
        );

        IEnumerable<JsonElement> Data(string kind) =>
            items
                .Where(item => item.GetProperty("name").GetString() == kind)
                .Select(static item => item.GetProperty("data").GetProperty("baseData"));
    }

    [Fact]
    public async Task An_OTLP_receiver_gets_them_instead_if_one_is_named()
    {
        await using var receiver = await TelemetryReceiver.StartAsync(Platform.Token);
        var before = platform.Insights.Received.Count;
        await RunAsync([.. InsightsReceiver.SettingsOf(platform.Local), .. receiver.Settings]);
        Assert.All(
            Gauges.Concat(Recorded),
            name => Assert.Contains(name, receiver.TextOf("/v1/metrics"), StringComparison.Ordinal)
        );
        Assert.All(
            (string[])
                [
                    "function CancelOrder",
                    "POST /api/orders/cancel",
                    "POST /onramp-merchants/widget/cancelOrder",
                    "send worker-results",
                ],
            name => Assert.Contains(name, receiver.TextOf("/v1/traces"), StringComparison.Ordinal)
        );
        Assert.Contains("Cancel outcome cancelled: order ", receiver.TextOf("/v1/logs"), StringComparison.Ordinal);
        Assert.Matches("service\\.name[^a-z]+onramp-cancellation[^a-z]", receiver.TextOf("/v1/traces"));
        Assert.Equal(before, platform.Insights.Received.Count);
    }

    /// <summary>
    /// A proxy that does not serve this machine ([dotnet/runtime#31680], [microsoft/aspire#6743]) does not affect the
    /// app, and a receiver that never responds ([WaveHouse#288]) does not delay its stop, whatever the timeouts of the
    /// exporters.
    /// </summary>
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:{0}")]
    [InlineData(
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:{0}/"
    )]
    public async Task Neither_a_proxy_nor_a_receiver_that_never_answers_is_in_the_way(string setting, string value)
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        var settings = platform.SettingsOf();
        foreach (
            var proxy in (string[])["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        )
        {
            settings[proxy] = "http://127.0.0.1:1";
        }

        (settings["NO_PROXY"], settings["no_proxy"]) = ("", "");
        (settings["OTEL_EXPORTER_OTLP_TIMEOUT"], settings["OTEL_BSP_EXPORT_TIMEOUT"]) = ("600000", "600000");
        (
            settings["OTEL_BSP_SCHEDULE_DELAY"],
            settings["OTEL_BLRP_SCHEDULE_DELAY"],
            settings["OTEL_METRIC_EXPORT_INTERVAL"]
        ) = ("1", "1", "10");
        settings[setting] = value.Replace(
            "{0}",
            $"{((IPEndPoint)silent.LocalEndpoint).Port}",
            StringComparison.Ordinal
        );
        await using var app = await platform.StartAppAsync(settings);
        Assert.Equal(HttpStatusCode.OK, (await app.CancelAsync(platform.Order().OrderId)).Status);
        using var connected = await silent
            .AcceptTcpClientAsync(Platform.Token)
            .AsTask()
            .WaitAsync(Platform.Patience, Platform.Token);

        var started = Stopwatch.GetTimestamp();
        app.Worker.Process.Terminate();
        await app.Worker.Process.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token);

        // It used to be 15 seconds, five for each signal. A busy machine needs more than the platform's five seconds.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    /// <summary>
    /// Cancels an order, fails to send a request to the queue, and then stops the worker as the platform does.
    /// </summary>
    private async Task RunAsync(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var all = platform.SettingsOf(queue: "no-such-queue");
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        await using var app = await platform.StartAppAsync(all);
        Assert.Equal(
            HttpStatusCode.OK,
            (await app.CancelAsync(platform.Order().OrderId, ("traceparent", Parent))).Status
        );
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            (await app.CancelAsync(platform.Order().OrderId, ("Prefer", "respond-async"))).Status
        );
        app.Worker.Process.Terminate();
        Assert.Equal(
            143,
            await app.Worker.Process.WaitForExitAsync(Platform.Token).WaitAsync(Platform.Patience, Platform.Token)
        );
    }
}
