using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The telemetry that the local host exports with the OpenTelemetry protocol.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_receiver_that_is_named_gets_metrics_spans_and_the_log_and_the_provider_gets_no_trace()
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        using WireRecorder provider = new();
        RecordedRequest request;
        await using (
            var host = await RunningHost.StartAsync([
                ("Onramp__BaseUrl", provider.Url),
                .. receiver.Settings.Select(static setting => (setting.Key, setting.Value!)),
            ])
        )
        {
            var recording = provider.AnswerOneAsync(
                """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}"""
            );
            var answer = await host.CancelAsync(
                "1443",
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                ("tracestate", "a=1"),
                ("baggage", "user=7")
            );
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            request = await recording;
            await host.Host.StopAsync(RunningHost.Token);
        }

        Assert.Contains("POST /api/orders/cancel", receiver.TextOf("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains(
            "POST /onramp-merchants/widget/cancelOrder",
            receiver.TextOf("/v1/traces"),
            StringComparison.Ordinal
        );
        Assert.Contains("send cancel-results", receiver.TextOf("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("onramp.cancel.outcomes", receiver.TextOf("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("onramp.circuit.state", receiver.TextOf("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("Cancel outcome cancelled: order 1443", receiver.TextOf("/v1/logs"), StringComparison.Ordinal);

        // Tracing is enabled now, and still no trace, state or baggage is sent to a third party.
        Assert.Equal(
            [
                "Accept",
                "Accept-Encoding",
                "Content-Length",
                "Content-Type",
                "Host",
                "X-ONRAMP-APIKEY",
                "X-ONRAMP-PAYLOAD",
                "X-ONRAMP-SIGNATURE",
            ],
            request.Headers.Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_cancel_by_the_queue_is_one_trace_over_the_real_broker()
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        await using (
            var host = await RunningHost.StartAsync([
                .. receiver.Settings.Select(static setting => (setting.Key, setting.Value!)),
            ])
        )
        {
            await host.CancelAsync(
                "1443",
                ("Prefer", "respond-async"),
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            );
            await host.NextOutcomeAsync();
            await host.Host.StopAsync(RunningHost.Token);
        }

        Assert.All(
            (string[])
                [
                    "send cancel-requests",
                    "process cancel-requests",
                    "messaging.servicebus.message.delivery_count",
                    "send cancel-results",
                ],
            name => Assert.Contains(name, receiver.TextOf("/v1/traces"), StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// [WaveHouse#288]: neither the receiver nor the timeouts of the exporters affect how long the host takes to stop.
    /// </summary>
    [Theory]
    [InlineData("silent", "grpc")]
    [InlineData("silent", "http/protobuf")]
    [InlineData("begins to answer", "http/protobuf")]
    [InlineData("refuses", "grpc")]
    [InlineData("refuses", "http/protobuf")]
    public async Task Stops_in_time_whatever_the_receiver_does(string receiver, string protocol)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var port = receiver == "refuses" ? InstalledProgram.UnusedPort : ((IPEndPoint)listener.LocalEndpoint).Port;
        using CancellationTokenSource ended = new();
        var answering = receiver == "begins to answer" ? BeginToAnswerAsync(listener, ended.Token) : Task.CompletedTask;
        var host = await RunningHost.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{port}"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "600000"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "600000"),
            ("OTEL_BSP_SCHEDULE_DELAY", "1"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "1"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "10")
        );
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);

        var started = Stopwatch.GetTimestamp();
        await host.Host.StopAsync(RunningHost.Token);
        await host.DisposeAsync();

        // Telemetry gets two seconds. It must not use up the five seconds that the platform allows.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(4.5));
        await ended.CancelAsync();
        await answering;
    }

    /// <summary>Ten seconds are the default of the specification.</summary>
    [Fact]
    public async Task An_export_takes_no_longer_than_its_setting_or_ten_seconds()
    {
        const string receiver = "http://127.0.0.1:1";
        await using var host = await RunningHost.StartAsync(
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", receiver),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "2500")
        );
        var options = host.Host.Services.GetRequiredService<IOptionsMonitor<OtlpExporterOptions>>();
        using var traces = options.Get("traces").HttpClientFactory();
        using var metrics = options.Get("metrics").HttpClientFactory();

        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2.5)), (traces.Timeout, metrics.Timeout));
    }

    [Theory]
    [InlineData("TRACES", "/v1/traces")]
    [InlineData("METRICS", "/v1/metrics")]
    [InlineData("LOGS", "/v1/logs")]
    public async Task A_receiver_of_one_signal_gets_that_one_with_its_own_headers_at_the_address_as_it_is(
        string signal,
        string path
    )
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        await using (
            var host = await RunningHost.StartAsync(
                ($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", receiver.Address + path),
                ($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "http/protobuf"),
                ($"OTEL_EXPORTER_OTLP_{signal}_COMPRESSION", "gzip"),
                ($"OTEL_EXPORTER_OTLP_{signal}_HEADERS", "authorization=Bearer%20a%2Cb"),
                ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=other")
            )
        )
        {
            await host.CancelAsync("1443");
            await host.Host.StopAsync(RunningHost.Token);
        }

        Assert.NotEmpty(receiver.Received);
        Assert.All(
            receiver.Received,
            received => Assert.Equal((path, "Bearer a,b"), (received.Path, received.Authorization))
        );
    }

    [Theory]
    [InlineData("onramp-cancellation")]
    [InlineData("by-variable", "OTEL_SERVICE_NAME", "by-variable")]
    [InlineData("by-attribute", "OTEL_RESOURCE_ATTRIBUTES", "service.name=by-attribute")]
    [InlineData(
        "by-variable",
        "OTEL_RESOURCE_ATTRIBUTES",
        "service.name=by-attribute",
        "OTEL_SERVICE_NAME",
        "by-variable"
    )]
    public async Task The_service_has_its_own_name_unless_it_is_given_another(string expected, params string[] settings)
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        await using (
            var host = await RunningHost.StartAsync([
                .. receiver.Settings.Select(static setting => (setting.Key, setting.Value!)),
                .. settings.Chunk(2).Select(static setting => (setting[0], setting[1])),
            ])
        )
        {
            await host.CancelAsync("1443");
            await host.Host.StopAsync(RunningHost.Token);
        }

        foreach (var path in (string[])["/v1/traces", "/v1/metrics", "/v1/logs"])
        {
            Assert.Matches($"service\\.name[^a-z]+{expected}[^a-z]", receiver.TextOf(path));
            Assert.Contains("service.version", receiver.TextOf(path), StringComparison.Ordinal);
            Assert.Contains("service.instance.id", receiver.TextOf(path), StringComparison.Ordinal);
            Assert.DoesNotContain("unknown_service", receiver.TextOf(path), StringComparison.Ordinal);
        }
    }

    /// <summary>[open-telemetry/opentelemetry-dotnet#3447]: exports fail, and the exporters report nothing.</summary>
    [Fact]
    public async Task Exports_that_fail_are_reported_now_and_then_and_once_more_when_they_succeed_again()
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        receiver.Status = 503;
        await using var host = await RunningHost.StartAsync(
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver.Address + "/v1/traces"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "1")
        );

        await ExportAsync(3);
        Assert.Equal(
            $"Warning: Telemetry (traces) cannot be exported to {new Uri(receiver.Address).Authority}: HTTP status 503; 1 exports have failed in a row. Check the receiver and the setting that names it",
            Assert.Single(Reports())
        );

        host.Clock.Advance(TimeSpan.FromMinutes(9.9));
        await ExportAsync(2);
        Assert.Single(Reports());

        host.Clock.Advance(TimeSpan.FromMinutes(0.1));
        await ExportAsync(2);
        Assert.Matches(
            "^Warning: .*; ([2-9]|[1-9][0-9]+) exports have failed in a row",
            Assert.Single(Reports().Skip(1))
        );

        receiver.Status = 200;
        await ExportAsync(2);
        Assert.Matches(
            @"^Information: Telemetry \(traces\) is exported to .* again, after \d+ failed exports$",
            Assert.Single(Reports().Skip(2))
        );

        IEnumerable<string> Reports() =>
            host.Log.Lines.Where(static line => line.Contains("Telemetry (", StringComparison.Ordinal));

        // There is one export at a time, so when a later one arrives, the result of the earlier one is known.
        async Task ExportAsync(int count)
        {
            for (var goal = receiver.Received.Count + count; receiver.Received.Count < goal; )
            {
                await host.CancelAsync("1443");
            }
        }
    }

    [Fact]
    public async Task Cannot_start_with_an_invalid_receiver()
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() =>
            RunningHost.StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317"))
        );
        Assert.Contains(
            "OTEL_EXPORTER_OTLP_ENDPOINT must be the http or https address",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Starts a response on every connection and never completes it, until the test has ended.</summary>
    private static async Task BeginToAnswerAsync(TcpListener listener, CancellationToken ended)
    {
        List<TcpClient> clients = [];
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ended);
                clients.Add(client);
                await client.GetStream().WriteAsync("H"u8.ToArray(), ended);
            }
        }
        catch (OperationCanceledException)
        {
            clients.ForEach(static client => client.Dispose());
        }
    }
}
