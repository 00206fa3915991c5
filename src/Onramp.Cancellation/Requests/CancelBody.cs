using System.Buffers;
using System.Numerics;
using System.Text.Json;

namespace Onramp.Cancellation.Requests;

/// <summary>
/// Reads and writes the JSON body of a cancel request, the same for HTTP and queue. Strict: an unknown, repeated or
/// mistyped field is a fault, because a misspelt <c>onlyIfUnpaid</c> that is passed over cancels a paid order. A null
/// field is an absent one: many serializers write what an object does not have.
/// </summary>
public ref struct CancelBody
{
    private const int MaxDepth = 8;
    private const int MaxFaults = 20;

    private readonly BodyTiming _timing;
    private readonly string? _otherPlace;
    private readonly Span<bool> _named;
    private readonly Span<int> _chosen;
    private Utf8JsonReader _reader;
    private List<FieldFault>? _faults;
    private CancelFields _fields;

    private CancelBody(
        ReadOnlySpan<byte> json,
        BodyTiming timing,
        string? otherPlace,
        Span<bool> named,
        Span<int> chosen
    )
    {
        _otherPlace = otherPlace;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        _timing = timing;
        _named = named;
        _chosen = chosen;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="json">The body: UTF-8, with or without a byte order mark.</param>
    /// <param name="timing">Whether it says when. Default none.</param>
    /// <param name="otherPlace">
    /// Where to send what this place does not take: a body with a time, or without one; for the words of a fault.
    /// Default nowhere.
    /// </param>
    public static ParsedBody Parse(
        ReadOnlySpan<byte> json,
        BodyTiming timing = BodyTiming.None,
        string? otherPlace = null
    )
    {
        Span<bool> named = stackalloc bool[RequestField.All.Count];
        Span<int> chosen = stackalloc int[(int)FieldChoice.Timing + 1];
        var body = new CancelBody(Utf8Text.WithoutMark(json), timing, otherPlace, named, chosen);
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
    /// Writes the body of a request, which <see cref="Parse(ReadOnlySpan{byte}, BodyTiming, string?)"/> reads again.
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
        CheckChoice(FieldChoice.Order);
        if (_timing == BodyTiming.Required || _chosen[(int)FieldChoice.Timing] != 0)
        {
            CheckChoice(FieldChoice.Timing);
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

        if (field.Choice == FieldChoice.Timing && _timing == BodyTiming.None)
        {
            Fault(
                pointer,
                _otherPlace is null ? "Unknown field." : $"Only a timeout has this field: {_otherPlace} arms one."
            );
            _reader.Skip();
            return;
        }

        _chosen[(int)field.Choice] |= 1 << index;
        if (field.Read(ref _reader, ref _fields) is { } fault)
        {
            Fault(pointer, fault);
        }
    }

    private void CheckChoice(FieldChoice choice)
    {
        if (BitOperations.PopCount((uint)_chosen[(int)choice]) != 1)
        {
            var names = string.Join(
                " and ",
                RequestField.All.Where(field => field.Choice == choice).Select(static field => field.Name)
            );
            var hint =
                choice == FieldChoice.Timing && _chosen[(int)choice] == 0 && _otherPlace is not null
                    ? $" {_otherPlace} cancels at once."
                    : "";
            Fault("", $"Give exactly one of {names}.{hint}");
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
