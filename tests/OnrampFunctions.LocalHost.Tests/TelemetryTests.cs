using System.Net;

namespace OnrampFunctions.Local.Tests;

/// <summary>What the local host exports, by the OpenTelemetry protocol.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_receiver_that_is_named_gets_metrics_spans_and_the_log_and_the_provider_gets_no_trace()
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        using WireRecorder provider = new();
        RecordedRequest request;
        await using (var host = await RunningHost.StartAsync([("Onramp__BaseUrl", provider.Url), .. receiver.Settings.Select(static setting => (setting.Key, setting.Value!))]))
        {
            var recording = provider.AnswerOneAsync("""{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""");
            var answer = await host.CancelAsync("1443", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "a=1"), ("baggage", "user=7"));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            request = await recording;
            await host.Host.StopAsync(RunningHost.Token);
        }

        Assert.Contains("POST /api/orders/cancel", receiver.TextOf("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("POST /onramp-merchants/widget/cancelOrder", receiver.TextOf("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("send cancel-results", receiver.TextOf("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("onramp.cancel.outcomes", receiver.TextOf("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("onramp.circuit.state", receiver.TextOf("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("Cancel outcome cancelled: order 1443", receiver.TextOf("/v1/logs"), StringComparison.Ordinal);

        // Somebody listens now, and still no trace, state or baggage goes to a third party.
        Assert.Equal(
            ["Accept", "Content-Length", "Content-Type", "Host", "X-ONRAMP-APIKEY", "X-ONRAMP-PAYLOAD", "X-ONRAMP-SIGNATURE"], request.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_cancel_by_the_queue_is_one_trace_over_the_real_broker()
    {
        await using var receiver = await TelemetryReceiver.StartAsync(RunningHost.Token);
        await using (var host = await RunningHost.StartAsync([.. receiver.Settings.Select(static setting => (setting.Key, setting.Value!))]))
        {
            await host.CancelAsync("1443", ("Prefer", "respond-async"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
            await host.NextOutcomeAsync();
            await host.Host.StopAsync(RunningHost.Token);
        }

        Assert.All(
            (string[])["send cancel-requests", "process cancel-requests", "messaging.servicebus.message.delivery_count", "send cancel-results"],
            name => Assert.Contains(name, receiver.TextOf("/v1/traces"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cannot_start_with_a_receiver_that_is_none()
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => RunningHost.StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317")));
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT must be the http or https address", fault.Message, StringComparison.Ordinal);
    }
}
