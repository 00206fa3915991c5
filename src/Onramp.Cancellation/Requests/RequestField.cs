using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Requests;

/// <summary>What a field is one of.</summary>
internal enum FieldChoice
{
    /// <summary>It may be there or not.</summary>
    Optional,

    /// <summary>Exactly one of these names the order.</summary>
    Order,

    /// <summary>
    /// Exactly one of these says when, in a body that arms a timeout; in any other they are unknown fields.
    /// </summary>
    Timing,
}

/// <summary>
/// One row of the table of request fields: its name, what it is one of, and how its value is read and written.
/// </summary>
internal sealed class RequestField
{
    private readonly byte[] _utf8Name;

    private RequestField(string name, FieldChoice choice, Func<CancelRequest, JsonNode?> valueIn, Rule read)
    {
        (Name, Choice, ValueIn, Read) = (name, choice, valueIn, read);
        _utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>Reads the value at the reader, which is not null, into the fields.</summary>
    /// <returns>What is wrong with it and what would be right; null when nothing is.</returns>
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
    ];

    public string Name { get; }

    public FieldChoice Choice { get; }

    /// <summary>Its value in a request; null where it has none.</summary>
    public Func<CancelRequest, JsonNode?> ValueIn { get; }

    public Rule Read { get; }

    /// <summary>Whether the reader stands at this field's name.</summary>
    public bool IsNamedBy(in Utf8JsonReader reader) => reader.ValueTextEquals(_utf8Name);

    /// <summary>When a request is due is said by the message that carries it, not in its body.</summary>
    private static JsonNode? NotKept(CancelRequest request) => null;

    /// <summary>The string at the reader; null for anything else, which is passed over.</summary>
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
