using System.Buffers;
using System.Numerics;
using System.Text.Json;

namespace Onramp.Cancellation.Requests;

/// <summary>
/// Reads and writes the JSON body of a cancel request, for HTTP and queue alike. Unknown, repeated and mistyped fields
/// are errors: ignoring a misspelt <c>onlyIfUnpaid</c> would cancel a paid order. A null field counts as absent,
/// because many serializers write missing values as null.
/// </summary>
public ref struct CancelBody
{
    private const int MaxDepth = 8;
    private const int MaxFaults = 20;

    private readonly BodyKind _kind;
    private readonly string? _otherPlace;
    private readonly Span<bool> _named;
    private readonly Span<int> _chosen;
    private Utf8JsonReader _reader;
    private List<FieldFault>? _faults;
    private CancelFields _fields;

    private CancelBody(ReadOnlySpan<byte> json, BodyKind kind, string? otherPlace, Span<bool> named, Span<int> chosen)
    {
        _otherPlace = otherPlace;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        _kind = kind;
        _named = named;
        _chosen = chosen;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="json">The body: UTF-8, with or without a byte order mark.</param>
    /// <param name="kind">What the body is for.</param>
    /// <param name="otherPlace">Where to send a body with a time instead, or one without; for the error message.
    /// Default nowhere.</param>
    public static ParsedBody Parse(ReadOnlySpan<byte> json, BodyKind kind = BodyKind.Cancel, string? otherPlace = null)
    {
        Span<bool> named = stackalloc bool[RequestField.All.Count];
        Span<int> chosen = stackalloc int[(int)FieldChoice.Timing + 1];
        var body = new CancelBody(Utf8Text.WithoutMark(json), kind, otherPlace, named, chosen);
        try
        {
            return body.Parse();
        }
        catch (JsonException exception)
        {
            return ParsedBody.NotJson(JsonFault.Of(exception));
        }
        catch (InvalidOperationException)
        {
            return ParsedBody.NotJson(JsonFault.NoUnicode);
        }
    }

    /// <summary>
    /// Writes the body of a request, which <see cref="Parse(ReadOnlySpan{byte}, BodyKind, string?)"/> can read.
    /// </summary>
    public static ReadOnlyMemory<byte> Write(CancelRequest request)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        foreach (var field in RequestField.All)
        {
            if (field.ValueIn(request) is { } value)
            {
                json.WritePropertyName(field.Name);
                value.WriteTo(json);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private ParsedBody Parse()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            // Reads on, so that a body that is not JSON is reported as that.
            _reader.Skip();
            return ParsedBody.NotJson("The body is not a JSON object.");
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField();
        }

        // Rejects anything after the object.
        _reader.Read();
        if (_kind != BodyKind.Timeout)
        {
            CheckChoice(FieldChoice.Order);
        }

        var hasTiming = _chosen[(int)FieldChoice.Timing] != 0;
        if (_kind == BodyKind.Timeout || hasTiming)
        {
            CheckChoice(FieldChoice.Timing);
        }

        if (hasTiming && _fields.OnlyIfUnpaid == false)
        {
            Fault("/onlyIfUnpaid", "Must be true or absent: a timeout never cancels a paid order.");
        }

        return _faults is null ? ParsedBody.Valid(_fields) : ParsedBody.Invalid(_faults);
    }

    private void ReadField()
    {
        var index = 0;
        while (index < RequestField.All.Count && !RequestField.All[index].IsNamedBy(in _reader))
        {
            index++;
        }

        if (index == RequestField.All.Count)
        {
            Fault("/" + JsonPointer.Escape(_reader.GetString()!), "Unknown field.");
            _reader.Skip();
            return;
        }

        var field = RequestField.All[index];
        var pointer = "/" + field.Name;
        if (_named[index])
        {
            Fault(pointer, "Given more than once.");
        }

        _named[index] = true;
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (RefusalOf(field) is { } refusal)
        {
            Fault(pointer, refusal);
            _reader.Skip();
            return;
        }

        _chosen[(int)field.Choice] |= 1 << index;
        if (field.Read(ref _reader, ref _fields) is { } fault)
        {
            Fault(pointer, fault);
        }
    }

    /// <summary>Why a body of this kind may not have a field; null if it may.</summary>
    private readonly string? RefusalOf(RequestField field) =>
        (_kind, field.Choice) switch
        {
            (BodyKind.Cancel, FieldChoice.Timing) when _otherPlace is not null =>
                $"Only a timeout has this field: {_otherPlace} arms one.",
            (BodyKind.Cancel, FieldChoice.Timing) => "Unknown field.",
            (BodyKind.Timeout, FieldChoice.Order) => "Unknown field: the path names the order.",
            _ => null,
        };

    private void CheckChoice(FieldChoice choice)
    {
        if (BitOperations.PopCount((uint)_chosen[(int)choice]) != 1)
        {
            var names = RequestField
                .All.Where(field => field.Choice == choice)
                .Select(static field => field.Name)
                .ToList();
            var hint =
                choice == FieldChoice.Timing && _chosen[(int)choice] == 0 && _otherPlace is not null
                    ? $" {_otherPlace} cancels at once."
                    : "";
            Fault("", $"Give exactly one of {string.Join(", ", names[..^1])} and {names[^1]}.{hint}");
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
}
