namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>An outcome event belongs to the trace of its request.</summary>
public sealed class TraceTests(Platform platform)
{
    [Fact]
    public async Task A_callers_trace_reaches_the_outcome_event()
    {
        var properties = await CancelAsync(
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("tracestate", "vendor=1")
        );
        Assert.StartsWith(
            "00-0af7651916cd43dd8448eb211c80319c-",
            (string)properties["cloudEvents_traceparent"],
            StringComparison.Ordinal
        );
        Assert.Equal("vendor=1", properties["cloudEvents_tracestate"]);
    }

    [Fact]
    public async Task The_hosts_trace_reaches_the_outcome_event_when_the_caller_has_none()
    {
        var properties = await CancelAsync();
        Assert.Contains(((string)properties["cloudEvents_traceparent"]).Split('-')[1], platform.Shared.Traces);
    }

    private async Task<IReadOnlyDictionary<string, object>> CancelAsync(params (string, string)[] headers)
    {
        var key = $"trace-{Guid.NewGuid():N}";
        Assert.Equal(
            System.Net.HttpStatusCode.OK,
            (await platform.Shared.CancelAsync(platform.Order().OrderId, [("Idempotency-Key", key), .. headers])).Status
        );
        return (await platform.Bus.OutcomeAsync(key)).ApplicationProperties;
    }
}
