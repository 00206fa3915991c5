using System.Globalization;
using System.Xml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Queue;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Timeouts;

/// <summary>An armed timeout.</summary>
/// <param name="Id">The id to disarm it by.</param>
/// <param name="DueAt">When it fires.</param>
public readonly record struct ArmedTimeout(TimeoutId Id, DateTimeOffset DueAt);

/// <summary>
/// Stale-order timeouts: cancel requests scheduled on the queue. A caller that receives the payment in time disarms the
/// timeout; nothing polls.
/// </summary>
public sealed partial class OrderTimeouts : ITimeouts
{
    private readonly RequestQueue _queue;
    private readonly QueueMessages _messages;
    private readonly TimeoutsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OrderTimeouts> _logger;

    internal OrderTimeouts(
        RequestQueue queue,
        QueueMessages messages,
        IOptions<TimeoutsOptions> options,
        TimeProvider time,
        ILogger<OrderTimeouts> logger
    )
    {
        _queue = queue;
        _messages = messages;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>The request id of a timeout whose caller gave none, derived from the order and the instant.</summary>
    public static string RequestId(OrderReference order, DateTimeOffset dueAt)
    {
        ArgumentNullException.ThrowIfNull(order);
        return Digest.Of(
            "timeout",
            order.Field,
            order.Value,
            dueAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Returns why a timeout cannot be armed; null when it can.</summary>
    /// <param name="fields">The fields, with <c>after</c> or <c>at</c>.</param>
    /// <param name="requestedAt">When the timeout was asked for.</param>
    public FieldFault? FaultOf(CancelFields fields, DateTimeOffset requestedAt) =>
        FaultOf(fields, requestedAt, mayBePast: false);

    /// <summary>A message may have been on its way for so long that its timeout is already due.</summary>
    FieldFault? ITimeouts.FaultOf(CancelFields fields, DateTimeOffset requestedAt) =>
        FaultOf(fields, requestedAt, mayBePast: true);

    async Task<bool> ITimeouts.TryArmAsync(
        CancelRequest request,
        DateTimeOffset dueAt,
        InboundMessage origin,
        CancellationToken cancellationToken
    ) => await TryArmAsync(request, dueAt, origin, cancellationToken) is not null;

    private FieldFault? FaultOf(CancelFields fields, DateTimeOffset requestedAt, bool mayBePast)
    {
        var delay = fields.After ?? fields.At!.Value - requestedAt;
        return delay > _options.MaxDelay || (delay < _options.MinDelay && !mayBePast)
            ? new FieldFault(
                fields.After is null ? "/at" : "/after",
                $"Must be between {XmlConvert.ToString(_options.MinDelay)} and {XmlConvert.ToString(_options.MaxDelay)} from now."
            )
            : null;
    }

    /// <summary>Arms the timeout once, however often the same request arrives.</summary>
    /// <returns>The armed timeout, which may be an earlier message of the same request with another due time; null when
    /// the queue did not confirm it.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be
    /// armed.</exception>
    public Task<ArmedTimeout?> TryArmAsync(
        CancelRequest request,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    ) => TryArmAsync(request, dueAt, origin: null, cancellationToken);

    /// <inheritdoc cref="TryArmAsync(CancelRequest, DateTimeOffset, CancellationToken)"/>
    /// <param name="request">The request.</param>
    /// <param name="dueAt">When it is due.</param>
    /// <param name="origin">The message that asked for it; null for none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private async Task<ArmedTimeout?> TryArmAsync(
        CancelRequest request,
        DateTimeOffset dueAt,
        InboundMessage? origin,
        CancellationToken cancellationToken
    )
    {
        ArmedTimeout armed = default;
        if (
            !await _queue.TryAsync(
                async token => armed = await ArmAsync(request, dueAt, origin, token),
                cancellationToken
            )
        )
        {
            return null;
        }

        Log.Armed(_logger, armed.Id.SequenceNumber, request.Order, armed.DueAt);
        return armed;
    }

    /// <summary>Disarms a timeout.</summary>
    /// <param name="id">The timeout.</param>
    /// <param name="caller">The caller, who must be the one who armed it; null for a caller without a name.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the timeout may or may not be
    /// disarmed.</exception>
    public async Task<DisarmResult> DisarmAsync(TimeoutId id, string? caller, CancellationToken cancellationToken)
    {
        var isFound = false;
        var isConfirmed = await _queue.TryAsync(
            async token => isFound = await _queue.CancelScheduledAsync(id.SequenceNumber, Is, token),
            cancellationToken
        );
        if (!isConfirmed)
        {
            return DisarmResult.Unconfirmed;
        }

        if (!isFound)
        {
            return DisarmResult.NotFound;
        }

        Log.Disarmed(_logger, id.SequenceNumber);
        return DisarmResult.Disarmed;

        bool Is(IReadOnlyDictionary<string, object> properties) =>
            MessageProperties.IsTimeout(properties)
            && properties.GetValueOrDefault(MessageProperties.Token) as string == id.Token
            && properties.GetValueOrDefault(MessageProperties.Caller) as string == caller;
    }

    private async Task<ArmedTimeout> ArmAsync(
        CancelRequest request,
        DateTimeOffset dueAt,
        InboundMessage? origin,
        CancellationToken cancellationToken
    )
    {
        var token = TimeoutId.NewToken();
        var timeout = _messages.Timeout(request, token, origin);
        var sequenceNumber = await _queue.ScheduleAsync(timeout, dueAt, cancellationToken);
        if (await _queue.FindScheduledAsync(timeout.MessageId, sequenceNumber, cancellationToken) is { } found)
        {
            return new ArmedTimeout(
                new TimeoutId(
                    found.SequenceNumber,
                    found.Properties.GetValueOrDefault(MessageProperties.Token) as string ?? token
                ),
                found.DueAt
            );
        }

        // Either it was due so soon that it has already fired, or the queue dropped it as a duplicate of one that has
        // fired or was disarmed.
        if (_time.GetUtcNow() < dueAt)
        {
            sequenceNumber = await _queue.ScheduleAsync(
                _messages.Again(timeout, sequenceNumber),
                dueAt,
                cancellationToken
            );
        }

        return new ArmedTimeout(new TimeoutId(sequenceNumber, token), dueAt);
    }

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Information, "Timeout {TimeoutId} armed: {Order} is due at {DueAt:O}")]
        public static partial void Armed(ILogger logger, long timeoutId, OrderReference order, DateTimeOffset dueAt);

        [LoggerMessage(502, LogLevel.Information, "Timeout {TimeoutId} disarmed")]
        public static partial void Disarmed(ILogger logger, long timeoutId);
    }
}
