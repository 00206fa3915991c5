using System.Diagnostics;
using System.Globalization;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// One call to the provider as telemetry sees it; there is none while nobody listens. Its trace is not told to the
/// provider.
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

    /// <summary>Begins to watch; null when nobody listens.</summary>
    public static ProviderCallTelemetry? Begin(
        ProviderOperation operation,
        CancellationMetrics metrics,
        TimeProvider time
    ) => metrics.WantsCalls || ServiceSpans.Wanted ? new(operation, metrics, time) : null;

    /// <summary>The request is put together.</summary>
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

    /// <summary>The headers of an answer are there.</summary>
    public void Answered(int statusCode) => _statusCode = statusCode;

    /// <summary>The whole answer is there and judged.</summary>
    public void Judged(ReplyKind kind) => _kind = kind;

    /// <summary>The call has ended, however.</summary>
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
