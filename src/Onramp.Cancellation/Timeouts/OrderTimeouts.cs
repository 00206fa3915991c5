using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Queueing;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Timeouts;

/// <summary>
/// Stale-order timeouts: a cancel request that waits on the queue until it is due. Whoever gets the payment in time takes it back;
/// nobody polls.
/// </summary>
public sealed partial class OrderTimeouts
{
    private readonly RequestQueue _queue;
    private readonly TimeoutsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OrderTimeouts> _logger;

    internal OrderTimeouts(RequestQueue queue, IOptions<TimeoutsOptions> options, TimeProvider time, ILogger<OrderTimeouts> logger)
    {
        _queue = queue;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>The request id of a timeout whose caller gave none: the order and the instant.</summary>
    public static string RequestId(OrderReference order, DateTimeOffset dueAt)
    {
        ArgumentNullException.ThrowIfNull(order);
        return Digest.Of("timeout", order.Field, order.Value, dueAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>When a timeout is due, in whole milliseconds, which is what a message can say; or why it cannot be armed.</summary>
    public (DateTimeOffset DueAt, FieldFault? Fault) Due(CancelFields fields)
    {
        var now = _time.GetUtcNow();
        var delay = fields.After ?? fields.At!.Value - now;
        if (delay < _options.MinDelay || delay > _options.MaxDelay)
        {
            return (default, new FieldFault(
                fields.After is null ? "/at" : "/after",
                $"Must be between {_options.MinDelay:c} and {_options.MaxDelay:c} from now."));
        }

        return (WholeMilliseconds(fields.At ?? now + delay), null);
    }

    /// <summary>Arms the timeout; once, however often the same request comes.</summary>
    /// <returns>
    /// The message that is really armed, which may be an earlier one of the same request, due at another instant; null when the queue did not confirm it.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be armed.</exception>
    public async Task<ScheduledCancel?> TryArmAsync(CancelRequest request, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        ScheduledCancel armed = default;
        if (!await _queue.TryAsync(async token => armed = await ArmAsync(request, dueAt, token), cancellationToken))
        {
            return null;
        }

        Log.Armed(_logger, armed.SequenceNumber, request.Order, armed.DueAt);
        return armed;
    }

    /// <summary>Takes a timeout back.</summary>
    /// <returns>False when it is unknown or has fired; null when the queue did not say.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be disarmed.</exception>
    public async Task<bool?> TryDisarmAsync(long sequenceNumber, CancellationToken cancellationToken)
    {
        var disarmed = false;
        if (!await _queue.TryAsync(async token => disarmed = await _queue.CancelTimeoutAsync(sequenceNumber, token), cancellationToken))
        {
            return null;
        }

        if (disarmed)
        {
            Log.Disarmed(_logger, sequenceNumber);
        }

        return disarmed;
    }

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    private async Task<ScheduledCancel> ArmAsync(CancelRequest request, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var timeout = QueueMessages.Timeout(request);
        var sequenceNumber = await _queue.ScheduleAsync(timeout, dueAt, cancellationToken);
        if (await _queue.FindScheduledAsync(timeout.MessageId, sequenceNumber, cancellationToken) is { } armed)
        {
            return armed;
        }

        if (_time.GetUtcNow() >= dueAt)
        {
            // It was so near that it has become due meanwhile.
            return new ScheduledCancel(sequenceNumber, dueAt);
        }

        // The queue dropped it for one that has fired or was taken back.
        sequenceNumber = await _queue.ScheduleAsync(QueueMessages.Again(timeout, sequenceNumber), dueAt, cancellationToken);
        return new ScheduledCancel(sequenceNumber, dueAt);
    }

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Information, "Timeout {TimeoutId} armed: {Order} is due at {DueAt:O}")]
        public static partial void Armed(ILogger logger, long timeoutId, OrderReference order, DateTimeOffset dueAt);

        [LoggerMessage(502, LogLevel.Information, "Timeout {TimeoutId} disarmed")]
        public static partial void Disarmed(ILogger logger, long timeoutId);
    }
}
