using System.Globalization;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Queue;

/// <summary>Reads a message: its envelope, its body, and the properties that this service wrote.</summary>
internal sealed class CancelMessageReader(
    MessageAuthenticity authenticity,
    RequestQueue queue,
    OrderTimeouts timeouts,
    TimeProvider time
)
{
    private const int MaxRequestIdLength = 255;

    public CancelMessage Read(InboundMessage received)
    {
        var now = time.GetUtcNow();
        CancelMessage message = new()
        {
            Received = received,
            EnqueuedAt = received.EnqueuedTime != default ? received.EnqueuedTime : now,
            Started = time.GetTimestamp(),
        };

        // A message that cannot be sent again is rejected at its first delivery, not only when a retry is needed.
        if ((received.BodyFault ?? PropertyValue.FaultOf(received.Properties)) is { } unfit)
        {
            return message with { Faults = unfit };
        }

        var envelope = CloudEventReader.Read(received);
        if (envelope.Fault is not null)
        {
            return message with { Faults = envelope.Fault };
        }

        List<string> faults = [];
        var isTimeout = IsTimeout(received, faults);
        var own =
            authenticity.ReadIdentity(received, isTimeout)
            ?? (isTimeout ? MessageAuthenticity.ReadAlarm(received) : null);
        var identity =
            own
            ?? new MessageIdentity(
                OwnRequestId(received, envelope),
                OwnSource(envelope),
                Caller: null,
                message.EnqueuedAt
            );
        message = message with { IsTimeout = isTimeout, Trace = envelope.Trace };
        var isReplay = received.Properties.ContainsKey(MessageProperties.DeadLetterReason);
        var withHistory = own is null || isReplay ? null : authenticity.WithHistory(message);
        message = (withHistory ?? FirstDelivery(message, now)) with
        {
            Ignored = Ignored(received, own is not null, withHistory is not null || isReplay),
        };

        var body = CancelBody.Parse(envelope.Body.Span, isTimeout ? BodyKind.Cancel : BodyKind.Message);
        faults.AddRange(FaultsOf(body, identity.RequestedAt).Select(Sentence));
        if (identity.RequestId.Length > MaxRequestIdLength)
        {
            faults.Add($"The request id is longer than {MaxRequestIdLength} characters.");
            return message with { Faults = string.Join(' ', faults) };
        }

        message = message with { Identity = identity };
        if (faults.Count > 0)
        {
            return message with { Faults = string.Join(' ', faults) };
        }

        var fields = body.Fields!.Value;
        var trigger = isTimeout || fields.IsTimeout ? CancelTrigger.Timeout : CancelTrigger.Queue;
        var request = fields.ToRequest(identity.RequestId, trigger, identity.RequestedAt);
        return message with
        {
            Change = fields.IsTimeout ? ChangeOf(fields, identity, received) : null,
            Request = request with
            {
                Source = identity.Source,
                Caller = identity.Caller,
                OnlyIfUnpaid = request.OnlyIfUnpaid || identity.Version is not null,
                EarlierAttempts = message.Attempts,
                RetryingSince = message.RetryingSince,
            },
        };
    }

    private IEnumerable<FieldFault> FaultsOf(ParsedBody body, DateTimeOffset requestedAt) =>
        body.Fields is { IsTimeout: true } fields && timeouts.FaultOf(fields, requestedAt, mayBePast: true) is { } fault
            ? [fault]
            : body.Faults;

    private static TimeoutChange ChangeOf(CancelFields fields, MessageIdentity identity, InboundMessage received) =>
        new()
        {
            Order = fields.Order,
            Caller = identity.Caller,
            Id = Digest.Of(identity.Source ?? "", identity.RequestId),
            AskedAt = identity.RequestedAt,
            DueAt = fields.DueAt(identity.RequestedAt),
            Reason = fields.Reason,
            Message = received,
        };

    private static string Sentence(FieldFault fault) =>
        fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}";

    private CancelMessage FirstDelivery(CancelMessage message, DateTimeOffset now) =>
        message with
        {
            Line = Line(message.Received),
            RetryingSince = message.EnqueuedAt > now ? message.EnqueuedAt : now,
            TimeToLive = message.Received.ExpiresAt is null
                ? null
                : (long)message.Received.TimeToLive.TotalMilliseconds,
        };

    /// <summary>The request id of a message that this service did not write.</summary>
    public static string OwnRequestId(InboundMessage message, Envelope envelope)
    {
        var id = envelope.EventId ?? message.MessageId;

        // The broker's sequence number is the same at every delivery of this message.
        return string.IsNullOrEmpty(id)
            ? $"sequence-{message.SequenceNumber.ToString(CultureInfo.InvariantCulture)}"
            : id;
    }

    /// <summary>The source of a request whose message this service did not write.</summary>
    public static string OwnSource(Envelope envelope) => envelope.Source ?? CancelRequest.QueueSource;

    /// <summary>Ignoring a misspelt trigger would cancel paid orders.</summary>
    private static bool IsTimeout(InboundMessage message, List<string> faults)
    {
        if (
            !message.Properties.TryGetValue(MessageProperties.Trigger, out var value)
            || MessageProperties.IsTimeout(message.Properties)
        )
        {
            return value is not null;
        }

        if (!MessageProperties.QueueTrigger.Equals(value as string, StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(
                $"Property {MessageProperties.Trigger} is neither {MessageProperties.TimeoutTrigger} nor {MessageProperties.QueueTrigger}."
            );
        }

        return false;
    }

    /// <summary>The names of properties that only this service may write, but did not write on this message.</summary>
    private static string? Ignored(InboundMessage message, bool hasIdentity, bool hasHistory)
    {
        // Our own dead letter keeps the properties of its history next to an empty HMAC. That is not reported.
        var isEnded = message.Properties.GetValueOrDefault(MessageProperties.HistoryMac) is "";
        var names = message
            .Properties.Keys.Where(name =>
                (!hasIdentity && (MessageProperties.Identity.Contains(name) || name == MessageProperties.IdentityMac))
                || (
                    !hasHistory
                    && !isEnded
                    && (MessageProperties.History.Contains(name) || name == MessageProperties.HistoryMac)
                )
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        return names.Count == 0 ? null : string.Join(", ", names);
    }

    /// <summary>
    /// Identifies the chain of a message and its retry copies. Sequence numbers are only unique within a queue, so a
    /// message copied from another namespace starts its own chain.
    /// </summary>
    private string Line(InboundMessage message) =>
        authenticity.Digest(
            "line",
            queue.Namespace,
            queue.Name,
            message.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            message.EnqueuedTime.UtcTicks.ToString(CultureInfo.InvariantCulture)
        );
}
