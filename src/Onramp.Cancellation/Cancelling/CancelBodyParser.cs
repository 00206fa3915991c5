using System.Text.Json;

namespace Onramp.Cancellation;

/// <summary>
/// Reads the JSON body of a cancel request, the same for HTTP and queue. Strict: an unknown, repeated or mistyped field is a
/// fault, because a misspelt <c>onlyIfUnpaid</c> that is passed over cancels a paid order. A null field is an absent one: many serializers write
/// what an object does not have.
/// </summary>
internal ref struct CancelBodyParser
{
    private const int MaxDepth = 8;
    private const int MaxFaults = 20;

    private readonly bool _allowsTiming;
    private Utf8JsonReader _reader;
    private List<FieldFault>? _faults;
    private Field _named;
    private Field _seen;
    private OrderReference? _order;
    private string? _reason;
    private bool? _onlyIfUnpaid;
    private TimeSpan? _after;
    private DateTimeOffset? _at;

    private CancelBodyParser(ReadOnlySpan<byte> json, bool allowsTiming)
    {
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        _allowsTiming = allowsTiming;
    }

    [Flags]
    private enum Field
    {
        None = 0,
        OrderId = 1,
        Hash = 2,
        Reason = 4,
        OnlyIfUnpaid = 8,
        After = 16,
        At = 32,
    }

    /// <param name="json">The body: UTF-8, with or without a byte order mark.</param>
    /// <param name="allowsTiming">Whether <c>after</c> and <c>at</c> are fields, one of which must be there.</param>
    public static ParsedBody Parse(ReadOnlySpan<byte> json, bool allowsTiming = false)
    {
        var parser = new CancelBodyParser(Utf8Text.WithoutMark(json), allowsTiming);
        try
        {
            return parser.Parse();
        }
        catch (JsonException exception)
        {
            return ParsedBody.NotJson($"The body is not valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            return ParsedBody.NotJson("The body has text that is not valid Unicode.");
        }
    }

    private ParsedBody Parse()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            // Read on, so that a body that is not JSON at all is called that.
            _reader.Skip();
            return ParsedBody.NotJson("The body is not a JSON object.");
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField();
        }

        // Refuses what follows the object.
        _reader.Read();
        CheckPresence();
        return _faults is null
            ? ParsedBody.Valid(new CancelFields { Order = _order!, Reason = _reason, OnlyIfUnpaid = _onlyIfUnpaid, After = _after, At = _at })
            : ParsedBody.Invalid(_faults);
    }

    private void ReadField()
    {
        var field = Name(in _reader);
        if (field == Field.None)
        {
            Fault("/" + JsonPointer.Escape(_reader.GetString()!), "Unknown field.");
            _reader.Skip();
            return;
        }

        if ((_named & field) != 0)
        {
            Fault(Pointer(field), "Given more than once.");
        }

        _named |= field;
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (!_allowsTiming && field >= Field.After)
        {
            Fault(Pointer(field), "Unknown field.");
            _reader.Skip();
            return;
        }

        _seen |= field;
        switch (field)
        {
            case Field.OrderId:
                ReadOrderId();
                break;
            case Field.Hash:
                ReadHash();
                break;
            case Field.Reason:
                ReadReason();
                break;
            case Field.OnlyIfUnpaid:
                ReadOnlyIfUnpaid();
                break;
            case Field.After:
                ReadAfter();
                break;
            case Field.At when Text() is { } text && TimingText.TryReadInstant(text, out var at):
                _at = at;
                break;
            default:
                Fault("/at", "Must be an RFC 3339 date and time with an offset, for example \"2030-01-31T12:00:00Z\".");
                break;
        }
    }

    private void ReadOrderId()
    {
        var text = _reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.ASCII.GetString(_reader.ValueSpan) : Text();
        if (OrderReference.IsOrderId(text))
        {
            _order = OrderReference.FromOrderId(text!);
            return;
        }

        Fault("/orderId", "Must be an order id: a string or an integer of 1 to 19 digits without a leading zero.");
    }

    private void ReadHash()
    {
        if (Text() is { } text && OrderReference.IsHash(text))
        {
            _order = OrderReference.FromHash(text);
            return;
        }

        Fault("/hash", "Must be a string of 1 to 256 printable ASCII characters without spaces.");
    }

    private void ReadReason()
    {
        if (Text() is { } text && text.EnumerateRunes().Count() <= CancelRequest.MaxReasonLength)
        {
            _reason = text;
            return;
        }

        Fault("/reason", "Must be a string of at most 200 characters.");
    }

    private void ReadOnlyIfUnpaid()
    {
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            _onlyIfUnpaid = _reader.GetBoolean();
            return;
        }

        Fault("/onlyIfUnpaid", "Must be true or false.");
        _reader.Skip();
    }

    private void ReadAfter()
    {
        var text = Text();
        if (text is not null && TimingText.TryReadDuration(text, out var after))
        {
            _after = after;
            return;
        }

        Fault("/after", text is not null && TimingText.IsNegativeDuration(text)
            ? "Must not be negative."
            : "Must be an ISO 8601 duration of weeks, or of days, hours, minutes and seconds, for example \"PT30M\".");
    }

    /// <summary>The string at the reader; null for anything else, which is passed over.</summary>
    private string? Text()
    {
        if (_reader.TokenType == JsonTokenType.String)
        {
            return _reader.GetString();
        }

        _reader.Skip();
        return null;
    }

    private void CheckPresence()
    {
        const Field orders = Field.OrderId | Field.Hash;
        const Field timing = Field.After | Field.At;
        if ((_seen & orders) is Field.None or orders)
        {
            Fault("", "Give exactly one of orderId and hash.");
        }

        if (_allowsTiming && (_seen & timing) is Field.None or timing)
        {
            Fault("", "Give exactly one of after and at.");
        }
    }

    private void Fault(string pointer, string detail)
    {
        _faults ??= [];
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(new FieldFault(pointer, detail));
        }
    }

    private static Field Name(in Utf8JsonReader reader)
        => reader.ValueTextEquals("orderId"u8) ? Field.OrderId
            : reader.ValueTextEquals("hash"u8) ? Field.Hash
            : reader.ValueTextEquals("reason"u8) ? Field.Reason
            : reader.ValueTextEquals("onlyIfUnpaid"u8) ? Field.OnlyIfUnpaid
            : reader.ValueTextEquals("after"u8) ? Field.After
            : reader.ValueTextEquals("at"u8) ? Field.At
            : Field.None;

    private static string Pointer(Field field) => field switch
    {
        Field.OrderId => "/orderId",
        Field.Hash => "/hash",
        Field.Reason => "/reason",
        Field.OnlyIfUnpaid => "/onlyIfUnpaid",
        Field.After => "/after",
        _ => "/at",
    };
}
