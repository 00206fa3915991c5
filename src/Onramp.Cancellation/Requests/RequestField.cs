using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>The group that a field belongs to.</summary>
internal enum FieldChoice
{
    /// <summary>The field is optional.</summary>
    Optional,

    /// <summary>Exactly one of these identifies the order.</summary>
    Order,

    /// <summary>
    /// Exactly one of these says when a timeout fires; a body that cancels at once has none of them.
    /// </summary>
    Timing,
}

/// <summary>A row of the table of request fields: the name, the group, and how the value is read and written.</summary>
internal sealed class RequestField
{
    private readonly byte[] _utf8Name;

    private RequestField(string name, FieldChoice choice, Func<CancelRequest, JsonNode?> valueIn, Rule read)
    {
        (Name, Choice, ValueIn, Read) = (name, choice, valueIn, read);
        _utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>Reads the value at the reader, which is not null, into the fields.</summary>
    /// <returns>What is wrong and what would be right; null when the value is valid.</returns>
    public delegate string? Rule(ref Utf8JsonReader value, ref CancelFields fields);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RequestField> All { get; } =
    [
        new(
            "orderId",
            FieldChoice.Order,
            static request => request.Order.OrderId,
            static (ref value, ref fields) =>
            {
                var text =
                    value.TokenType == JsonTokenType.Number
                        ? Encoding.ASCII.GetString(value.ValueSpan)
                        : Text(ref value);
                fields = OrderReference.IsOrderId(text)
                    ? fields with
                    {
                        Order = OrderReference.FromOrderId(text!),
                    }
                    : fields;
                return OrderReference.IsOrderId(text)
                    ? null
                    : $"Must be an order id: a string or an integer of 1 to {OrderReference.MaxOrderIdLength} digits without a leading zero.";
            }
        ),
        new(
            "hash",
            FieldChoice.Order,
            static request => request.Order.Hash,
            static (ref value, ref fields) =>
            {
                var text = Text(ref value);
                fields = OrderReference.IsHash(text) ? fields with { Order = OrderReference.FromHash(text!) } : fields;
                return OrderReference.IsHash(text)
                    ? null
                    : $"Must be a string of 1 to {OrderReference.MaxHashLength} printable ASCII characters without spaces.";
            }
        ),
        new(
            "reason",
            FieldChoice.Optional,
            static request => request.Reason,
            static (ref value, ref fields) =>
            {
                fields = fields with { Reason = Text(ref value) };
                return fields.Reason?.EnumerateRunes().Count() <= CancelRequest.MaxReasonLength
                    ? null
                    : $"Must be a string of at most {CancelRequest.MaxReasonLength} characters.";
            }
        ),
        new(
            "onlyIfUnpaid",
            FieldChoice.Optional,
            static request => request.OnlyIfUnpaid,
            static (ref value, ref fields) =>
            {
                if (value.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                {
                    value.Skip();
                    return "Must be true or false.";
                }

                fields = fields with { OnlyIfUnpaid = value.GetBoolean() };
                return null;
            }
        ),
        new(
            "after",
            FieldChoice.Timing,
            NotKept,
            static (ref value, ref fields) =>
            {
                var text = Text(ref value);
                if (text is not null && TimingText.TryReadDuration(text, out var after))
                {
                    fields = fields with { After = after };
                    return null;
                }

                return text is not null && TimingText.IsNegativeDuration(text)
                    ? "Must not be negative."
                    : "Must be an ISO 8601 duration of weeks, or of days, hours, minutes and seconds, for example \"PT30M\".";
            }
        ),
        new(
            "at",
            FieldChoice.Timing,
            NotKept,
            static (ref value, ref fields) =>
            {
                if (Text(ref value) is { } text && TimingText.TryReadInstant(text, out var at))
                {
                    fields = fields with { At = at };
                    return null;
                }

                return "Must be an RFC 3339 date and time with an offset, for example \"2030-01-31T12:00:00Z\".";
            }
        ),
        new(
            "whenExpired",
            FieldChoice.Timing,
            NotKept,
            static (ref value, ref fields) =>
            {
                fields = fields with { WhenExpired = value.TokenType == JsonTokenType.True };
                value.Skip();
                return fields.WhenExpired ? null : "Must be true or absent.";
            }
        ),
    ];

    public string Name { get; }

    public FieldChoice Choice { get; }

    /// <summary>The value in a request; null for none.</summary>
    public Func<CancelRequest, JsonNode?> ValueIn { get; }

    public Rule Read { get; }

    /// <summary>Whether the reader is at this field's name.</summary>
    public bool IsNamedBy(in Utf8JsonReader reader) => reader.ValueTextEquals(_utf8Name);

    /// <summary>The message that carries a request says when it is due, not its body.</summary>
    private static JsonNode? NotKept(CancelRequest request) => null;

    /// <summary>The string at the reader; null for any other value, which is skipped.</summary>
    private static string? Text(ref Utf8JsonReader value)
    {
        if (value.TokenType == JsonTokenType.String)
        {
            return value.GetString();
        }

        value.Skip();
        return null;
    }
}
