using System.Globalization;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>Reads a message: its envelope, its body, and the properties that this service wrote.</summary>
internal sealed class CancelMessageReader(
    MessageAuthenticity authenticity,
    RequestQueue queue,
    ITimeouts timeouts,
    TimeProvider time
)
{
    private const int MaxRequestIdLength = 255;

    public MessageReading Read(InboundMessage message)
    {
        // A message that cannot be carried on is refused at its first delivery, and not only once a retry is needed.
        if ((message.BodyFault ?? PropertyValue.FaultOf(message.Properties)) is { } unfit)
        {
            return new MessageReading { Faults = unfit };
        }

        var envelope = CloudEventReader.Read(message);
        if (envelope.Fault is not null)
        {
            return new MessageReading { Faults = envelope.Fault };
        }

        var faults = new List<string>();
        var isTimeout = IsTimeout(message, faults);
        var identity = authenticity.ReadIdentity(message, isTimeout);
        var isReplay = message.Properties.ContainsKey(MessageProperties.DeadLetterReason);
        var history = identity is null || isReplay ? null : authenticity.ReadHistory(message);
        var ignored = Ignored(message, identity is not null, history is not null || isReplay);
        identity ??= new MessageIdentity(
            OwnRequestId(message, envelope),
            envelope.Source,
            Caller: null,
            EnqueuedAt(message)
        );

        var body = CancelBody.Parse(envelope.Body.Span, isTimeout ? BodyTiming.None : BodyTiming.Optional);
        var dueAt = body.Fields?.DueAt(identity.RequestedAt);
        FieldFault? tooFar = dueAt is null ? null : timeouts.FaultOf(body.Fields!.Value, identity.RequestedAt);
        foreach (var fault in tooFar is null ? body.Faults : [tooFar.Value])
        {
            faults.Add(fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}");
        }

        if (identity.RequestId.Length > MaxRequestIdLength)
        {
            return new MessageReading
            {
                Faults = string.Join(
                    ' ',
                    [.. faults, $"The request id is longer than {MaxRequestIdLength} characters."]
                ),
                Ignored = ignored,
            };
        }

        if (faults.Count > 0)
        {
            return new MessageReading
            {
                Faults = string.Join(' ', faults),
                Identity = identity,
                IsTimeout = isTimeout,
                Ignored = ignored,
            };
        }

        history ??= new MessageHistory
        {
            Delivery = 1,
            Line = Line(message),
            RetryingSince = time.GetUtcNow(),
            TimeToLive = message.ExpiresAt is null ? null : (long)message.TimeToLive.TotalMilliseconds,
        };
        var trigger = isTimeout || dueAt is not null ? CancelTrigger.Timeout : CancelTrigger.Queue;
        return new MessageReading
        {
            Identity = identity,
            History = history,
            IsTimeout = isTimeout,
            Trace = envelope.Trace,
            Request = body.Fields!.Value.ToRequest(identity.RequestId, trigger, identity.RequestedAt) with
            {
                Source = identity.Source,
                Caller = identity.Caller,
                EarlierAttempts = history.Attempts,
                RetryingSince = history.RetryingSince,
            },
            DueAt = dueAt,
            Ignored = ignored,
        };
    }

    /// <summary>The request id of a message that this service did not write.</summary>
    public static string OwnRequestId(InboundMessage message, Envelope envelope)
    {
        var id = envelope.EventId ?? message.MessageId;

        // The broker's own number is the same at every delivery of this message.
        return string.IsNullOrEmpty(id)
            ? $"sequence-{message.SequenceNumber.ToString(CultureInfo.InvariantCulture)}"
            : id;
    }

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

    /// <summary>The names of properties that only this service may write, and did not write on this message.</summary>
    private static string? Ignored(InboundMessage message, bool hasIdentity, bool hasHistory)
    {
        // A dead letter of ours keeps the properties of its history beside an empty HMAC: nothing to report.
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

    private DateTimeOffset EnqueuedAt(InboundMessage message) =>
        message.EnqueuedTime != default ? message.EnqueuedTime : time.GetUtcNow();

    /// <summary>
    /// The line that a message begins. Sequence numbers are unique in one queue only: a message that was copied from
    /// another namespace begins a line of its own.
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
