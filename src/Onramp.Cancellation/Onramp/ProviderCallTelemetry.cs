using System.Diagnostics;
using System.Globalization;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Records one call to the provider as a metric and a span. Trace context is not propagated to the provider.
/// </summary>
internal sealed class ProviderCallTelemetry : IDisposable
{
    private readonly ProviderOperation _operation;
    private readonly CancellationMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Activity? _span;
    private int? _statusCode;
    private ReplyKind? _kind;

    private ProviderCallTelemetry(ProviderOperation operation, CancellationMetrics metrics, TimeProvider time)
    {
        (_operation, _metrics, _time, _started) = (operation, metrics, time, time.GetTimestamp());
        _span = ServiceSpans.Start(operation.SpanName, ActivityKind.Client);
    }

    /// <summary>Starts recording; returns null without a listener.</summary>
    public static ProviderCallTelemetry? Begin(
        ProviderOperation operation,
        CancellationMetrics metrics,
        TimeProvider time
    ) => metrics.WantsCalls || ServiceSpans.Wanted ? new(operation, metrics, time) : null;

    /// <summary>Describes the request.</summary>
    public void Sends(HttpRequestMessage request)
    {
        var address = request.RequestUri!;
        _span
            ?.SetTag(TelemetryNames.Method, request.Method.Method)
            .SetTag(TelemetryNames.Url, address.AbsoluteUri)
            .SetTag(TelemetryNames.UrlTemplate, _operation.Path)
            .SetTag(TelemetryNames.Server, address.Host)
            .SetTag(TelemetryNames.Port, address.Port)
            .SetTag(TelemetryNames.Operation, _operation.Name);
    }

    /// <summary>Records how long the call waited for its permit before it began.</summary>
    public void Waited(TimeSpan wait)
    {
        if (wait > TimeSpan.Zero)
        {
            _span?.SetTag(TelemetryNames.PermitWait, wait.TotalSeconds);
        }
    }

    /// <summary>Records the status of the answer.</summary>
    public void Answered(int statusCode) => _statusCode = statusCode;

    /// <summary>Records the meaning of the answer.</summary>
    public void Judged(ReplyKind kind) => _kind = kind;

    /// <summary>Records the end of the call, with or without an answer.</summary>
    public void Dispose()
    {
        var reply = _kind?.Name() ?? ReplyKinds.NoAnswer;
        _metrics.Called(_operation.Name, reply, _statusCode, _time.GetElapsedTime(_started));
        if (_span is null)
        {
            return;
        }

        _span.SetTag(TelemetryNames.Reply, reply);
        if (_statusCode is { } status)
        {
            _span.SetTag(TelemetryNames.StatusCode, status);
        }

        if (_kind is null)
        {
            _span.SetFailed(ReplyKinds.NoAnswer);
        }
        else if (_statusCode >= 400)
        {
            _span.SetFailed(_statusCode.Value.ToString(CultureInfo.InvariantCulture));
        }

        _span.Dispose();
    }
}
