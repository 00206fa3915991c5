using System.Globalization;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;
using Onramp.Cancellation.Timeouts;
using Onramp.Cancellation.Queueing;

namespace Onramp.Cancellation.Deliveries;

/// <summary>Reads a message: its envelope, its body, and the properties that carry its history.</summary>
internal sealed class CancelMessageReader(PendingOutcome pending, OrderTimeouts timeouts, TimeProvider time)
{
    private const int MaxRequestIdLength = 255;
    private const int MaxCount = 1_000_000;

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
        var body = CancelBody.Parse(envelope.Body.Span, isTimeout ? BodyTiming.None : BodyTiming.Optional);
        var history = History.Read(message, faults);
        var requestedAt = RequestedAt(message, faults);
        var dueAt = body.Fields?.DueAt(requestedAt);
        FieldFault? tooFar = dueAt is null ? null : timeouts.FaultOf(body.Fields!.Value, requestedAt, mayBePast: true);
        foreach (var fault in tooFar is null ? body.Faults : [tooFar.Value])
        {
            faults.Add(fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}");
        }

        var requestId = RequestId(message, envelope);
        if (requestId.Length > MaxRequestIdLength)
        {
            faults.Add($"The request id is longer than {MaxRequestIdLength} characters.");
        }

        if (faults.Count > 0)
        {
            return new MessageReading { Faults = string.Join(' ', faults) };
        }

        var trigger = isTimeout || dueAt is not null ? CancelTrigger.Timeout : CancelTrigger.Queue;
        var request = body.Fields!.Value.ToRequest(requestId, trigger, requestedAt) with
        {
            Source = Text(message, MessageProperties.Source) ?? envelope.Source,
            Caller = Text(message, MessageProperties.Caller),
            EarlierAttempts = history.Attempts,
        };
        return new MessageReading
        {
            Delivery = history.Delivery,
            Line = history.Line ?? message.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            Pending = history.IsNew ? null : pending.Read(message, request),
            Publications = history.Publications,
            Trace = envelope.Trace,
            Request = request,
            DueAt = dueAt,
        };
    }

    /// <summary>Ignoring a misspelt trigger would cancel paid orders.</summary>
    private static bool IsTimeout(InboundMessage message, List<string> faults)
    {
        if (!message.Properties.TryGetValue(MessageProperties.Trigger, out var value) || MessageProperties.IsTimeout(message.Properties))
        {
            return value is not null;
        }

        if (!MessageProperties.QueueTrigger.Equals(value as string, StringComparison.OrdinalIgnoreCase))
        {
            faults.Add($"Property {MessageProperties.Trigger} is neither {MessageProperties.TimeoutTrigger} nor {MessageProperties.QueueTrigger}.");
        }

        return false;
    }

    /// <summary>What names the request, so that nothing that is done to its message makes it another one.</summary>
    public static string RequestId(InboundMessage message, Envelope envelope)
    {
        var id = Text(message, MessageProperties.RequestId) ?? envelope.EventId ?? message.MessageId;

        // The broker's own number is the same at every delivery of this message.
        return string.IsNullOrEmpty(id) ? $"sequence-{message.SequenceNumber.ToString(CultureInfo.InvariantCulture)}" : id;
    }

    private DateTimeOffset RequestedAt(InboundMessage message, List<string> faults)
    {
        if (Text(message, MessageProperties.RequestedAt) is not { } text)
        {
            return message.EnqueuedTime != default ? message.EnqueuedTime : time.GetUtcNow();
        }

        if (!TimingText.TryReadInstant(text, out var instant))
        {
            faults.Add($"Property {MessageProperties.RequestedAt} is not an RFC 3339 date and time.");
        }

        return instant;
    }

    private static string? Text(InboundMessage message, string name)
        => message.Properties.TryGetValue(name, out var value) ? PropertyValue.Text(value) : null;

    /// <summary>What earlier deliveries have left.</summary>
    private readonly record struct History(bool IsNew, int Delivery, int Attempts, int Publications, string? Line)
    {
        public static History Read(InboundMessage message, List<string> faults)
        {
            // Somebody has put a dead letter back, by whatever tool: it begins anew.
            if (message.Properties.ContainsKey(MessageProperties.DeadLetterReason))
            {
                return new(IsNew: true, Delivery: 1, Attempts: 0, Publications: 0, Line: null);
            }

            var line = Text(message, MessageProperties.Line);
            return new(
                IsNew: false,
                Count(message, MessageProperties.Delivery, 1, faults),
                Count(message, MessageProperties.Attempts, 0, faults),
                Count(message, MessageProperties.Publications, 0, faults),
                string.IsNullOrEmpty(line) ? null : line);
        }

        private static int Count(InboundMessage message, string name, int least, List<string> faults)
        {
            if (Text(message, name) is not { } text)
            {
                return least;
            }

            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < least || count > MaxCount)
            {
                faults.Add($"Property {name} is not a whole number from {least} to {MaxCount}.");
            }

            return count;
        }
    }
}
