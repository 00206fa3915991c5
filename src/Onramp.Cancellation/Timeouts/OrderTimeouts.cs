using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>
/// Stale-order timeouts: a cancel request that waits on the queue until it is due. Whoever gets the payment in time takes it back;
/// nobody polls.
/// </summary>
internal sealed partial class OrderTimeouts(LimitedQueue queue, IOptions<TimeoutsOptions> options, TimeProvider time, ILogger<OrderTimeouts> logger)
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

    /// <summary>Arms the timeout; once, however often the same request comes.</summary>
    /// <returns>The message that is really armed, which may be an earlier one of the same request, due at another instant.</returns>
    public async Task<ScheduledCancel> ArmAsync(CancelRequest request, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var timeout = QueueMessages.Timeout(request);
        var sequenceNumber = await queue.ScheduleAsync(timeout, dueAt, cancellationToken);
        if (await queue.FindScheduledAsync(timeout.MessageId, sequenceNumber, cancellationToken) is not { } armed)
        {
            // It is so near that it has become due, or the queue dropped it for one that has fired or was taken back. Armed again it is armed in any case, and
            // a timeout that fires twice cancels once.
            sequenceNumber = await queue.ScheduleAsync(QueueMessages.Again(timeout, sequenceNumber), dueAt, cancellationToken);
            armed = new ScheduledCancel(sequenceNumber, dueAt);
        }

        Log.Armed(logger, armed.SequenceNumber, request.Order, armed.DueAt);
        return armed;
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
