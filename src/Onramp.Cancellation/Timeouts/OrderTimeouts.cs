using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>
/// Stale-order timeouts: a cancel request that waits on the queue until it is due. Whoever gets the payment in time takes it back;
/// nobody polls.
/// </summary>
internal sealed partial class OrderTimeouts(ICancelQueue queue, IOptions<TimeoutsOptions> options, TimeProvider time, ILogger<OrderTimeouts> logger)
{
    private readonly TimeoutsOptions _options = options.Value;

    /// <summary>When a timeout is due, or why it cannot be armed.</summary>
    public (DateTimeOffset DueAt, FieldFault? Fault) Due(CancelFields fields)
    {
        var now = time.GetUtcNow();
        var delay = fields.After ?? fields.At!.Value - now;
        if (delay < _options.MinDelay || delay > _options.MaxDelay)
        {
            return (default, new FieldFault(
                fields.After is null ? "/at" : "/after",
                $"Must be between {_options.MinDelay:c} and {_options.MaxDelay:c} from now."));
        }

        return (fields.At ?? now + delay, null);
    }

    /// <summary>Arms the timeout.</summary>
    /// <returns>The sequence number of the scheduled message.</returns>
    public async Task<long> ArmAsync(CancelRequest request, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var sequenceNumber = await queue.ScheduleAsync(QueueMessages.Timeout(request, dueAt), dueAt, cancellationToken);
        Log.Armed(logger, sequenceNumber, request.Order, dueAt);
        return sequenceNumber;
    }

    /// <summary>Takes a timeout back; false when it is unknown or has fired.</summary>
    public async Task<bool> DisarmAsync(long sequenceNumber, CancellationToken cancellationToken)
    {
        var disarmed = await queue.CancelTimeoutAsync(sequenceNumber, cancellationToken);
        if (disarmed)
        {
            Log.Disarmed(logger, sequenceNumber);
        }

        return disarmed;
    }

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Information, "Timeout {TimeoutId} armed: {Order} is due at {DueAt:O}")]
        public static partial void Armed(ILogger logger, long timeoutId, OrderReference order, DateTimeOffset dueAt);

        [LoggerMessage(502, LogLevel.Information, "Timeout {TimeoutId} disarmed")]
        public static partial void Disarmed(ILogger logger, long timeoutId);
    }
}
