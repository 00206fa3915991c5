using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Onramp;

/// <summary>One call to the provider as telemetry sees it; there is none while nobody listens.</summary>
internal sealed class WatchedCall : IDisposable
{
    private readonly ProviderOperation _operation;
    private readonly CancellationMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _started;
    private int? _statusCode;
    private ReplyKind? _kind;

    private WatchedCall(ProviderOperation operation, CancellationMetrics metrics, TimeProvider time)
        => (_operation, _metrics, _time, _started) = (operation, metrics, time, time.GetTimestamp());

    /// <summary>Begins to watch; null when nobody listens.</summary>
    public static WatchedCall? Begin(ProviderOperation operation, CancellationMetrics metrics, TimeProvider time)
        => metrics.WantsCalls ? new(operation, metrics, time) : null;

    /// <summary>The headers of an answer are there.</summary>
    public void Answered(int statusCode) => _statusCode = statusCode;

    /// <summary>The whole answer is there and judged.</summary>
    public void Judged(ReplyKind kind) => _kind = kind;

    /// <summary>The call has ended, however.</summary>
    public void Dispose() => _metrics.Called(_operation.Name, _kind?.Name() ?? ReplyKinds.NoAnswer, _statusCode, _time.GetElapsedTime(_started));
}
