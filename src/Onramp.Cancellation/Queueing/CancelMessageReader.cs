using System.Globalization;

namespace Onramp.Cancellation;

/// <summary>A message of the queue, understood; or every fault that keeps it from being.</summary>
internal readonly record struct ReadMessage
{
    /// <summary>The request; null when there are faults.</summary>
    public CancelRequest? Request { get; init; }

    /// <summary>Which delivery of the request this is; 1 is the first.</summary>
    public int Attempt { get; init; }

    /// <summary>The trace that came inside a structured event; null when there is none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The faults as one text; null when there are none.</summary>
    public string? Faults { get; init; }
}

/// <summary>Reads a message: its envelope, its body, and the properties that carry its history.</summary>
internal sealed class CancelMessageReader(TimeProvider time)
{
    private const int MaxRequestIdLength = 255;

    public ReadMessage Read(InboundMessage message)
    {
        var envelope = CloudEventReader.Read(message);
        if (envelope.Fault is not null)
        {
            return new ReadMessage { Faults = envelope.Fault };
        }

        List<string>? faults = null;
        var body = CancelBodyParser.Parse(envelope.Body.Span);
        foreach (var fault in body.Faults)
        {
            (faults ??= []).Add(fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}");
        }

        var attempt = Count(message, MessageProperties.Attempt, 1, ref faults);
        var tries = Count(message, MessageProperties.Tries, 0, ref faults);
        var requestedAt = FirstSeen(message, ref faults);
        var requestId = RequestId(message, envelope, ref faults);
        if (faults is not null)
        {
            return new ReadMessage { Faults = string.Join(' ', faults) };
        }

        var fields = body.Fields!.Value;
        var isTimeout = MessageProperties.IsTimeout(message.Properties);
        return new ReadMessage
        {
            Attempt = attempt,
            TraceParent = envelope.TraceParent,
            Request = new CancelRequest
            {
                RequestId = requestId,
                Order = fields.Order,
                Reason = fields.Reason,
                OnlyIfUnpaid = fields.OnlyIfUnpaid ?? isTimeout,
                Trigger = isTimeout ? CancelTrigger.Timeout : CancelTrigger.Queue,
                RequestedAt = requestedAt,
                EarlierAttempts = tries,
            },
        };
    }

    private static string RequestId(InboundMessage message, Envelope envelope, ref List<string>? faults)
    {
        var id = Text(message, MessageProperties.RequestId) ?? envelope.EventId ?? message.MessageId;
        if (string.IsNullOrEmpty(id))
        {
            // The broker's own number is the same at every delivery of this message.
            return $"sequence-{message.SequenceNumber.ToString(CultureInfo.InvariantCulture)}";
        }

        if (id.Length > MaxRequestIdLength)
        {
            (faults ??= []).Add($"The request id is longer than {MaxRequestIdLength} characters.");
        }

        return id;
    }

    private DateTimeOffset FirstSeen(InboundMessage message, ref List<string>? faults)
    {
        if (Text(message, MessageProperties.FirstSeen) is not { } text)
        {
            return message.EnqueuedTime != default ? message.EnqueuedTime : time.GetUtcNow();
        }

        if (!TimingText.TryReadInstant(text, out var instant))
        {
            (faults ??= []).Add("Property firstSeen is not an RFC 3339 date and time.");
        }

        return instant;
    }

    private static int Count(InboundMessage message, string name, int least, ref List<string>? faults)
    {
        if (Text(message, name) is not { } text)
        {
            return least;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < least || count > 1_000_000)
        {
            (faults ??= []).Add($"Property {name} is not a whole number of at least {least}.");
        }

        return count;
    }

    /// <summary>A property as text: brokers and gateways differ in whether they pass on a number as a number.</summary>
    private static string? Text(InboundMessage message, string name)
        => message.Properties.TryGetValue(name, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
