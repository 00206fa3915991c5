using System.Text.Encodings.Web;
using System.Text.Json;

namespace Onramp.Cancellation.Orders;

/// <summary>Identifies an order by its id (from createOrder) or its hash (from createIntent), never both.</summary>
public sealed class OrderReference : IEquatable<OrderReference>
{
    /// <summary>The maximum number of digits of an order id.</summary>
    public const int MaxOrderIdLength = 19;

    /// <summary>The maximum number of characters of a hash.</summary>
    public const int MaxHashLength = 256;

    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private OrderReference(string? orderId, string? hash)
    {
        OrderId = orderId;
        Hash = hash;
        Json = Write();
    }

    /// <summary>The order id as decimal text, or null.</summary>
    public string? OrderId { get; }

    /// <summary>The hash, or null.</summary>
    public string? Hash { get; }

    /// <summary>The order id or the hash, whichever is set.</summary>
    public string Value => OrderId ?? Hash!;

    /// <summary>The name of the field in a request: <c>orderId</c> or <c>hash</c>.</summary>
    public string Field => OrderId is null ? "hash" : "orderId";

    /// <summary>The request body that names this order to Onramp: compact UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Creates a reference to an order by its id.</summary>
    /// <exception cref="ArgumentException">The id is not decimal text of 1 to 19 digits without a leading
    /// zero.</exception>
    public static OrderReference FromOrderId(string orderId) =>
        IsOrderId(orderId)
            ? new(orderId, null)
            : throw new ArgumentException("An order id is 1 to 19 digits without a leading zero.", nameof(orderId));

    /// <summary>Creates a reference to an order by its hash.</summary>
    /// <exception cref="ArgumentException">The hash is empty, longer than 256 characters, or not printable
    /// ASCII.</exception>
    public static OrderReference FromHash(string hash) =>
        IsHash(hash)
            ? new(null, hash)
            : throw new ArgumentException("A hash is 1 to 256 printable ASCII characters.", nameof(hash));

    /// <summary>Whether a text can be an order id.</summary>
    public static bool IsOrderId(string? text) =>
        text is { Length: >= 1 and <= MaxOrderIdLength }
        && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
        && (text[0] != '0' || text.Length == 1);

    /// <summary>Whether a text can be a hash.</summary>
    public static bool IsHash(string? text) =>
        text is { Length: >= 1 and <= MaxHashLength } && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <inheritdoc/>
    public bool Equals(OrderReference? other) => other is not null && OrderId == other.OrderId && Hash == other.Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OrderReference);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(OrderId, Hash);

    /// <summary>
    /// For logs: the order id, or that the order was named by its hash. The hash itself is left out, because it gives
    /// access to the order.
    /// </summary>
    public override string ToString() => OrderId is null ? "order named by hash" : $"order {OrderId}";

    private byte[] Write()
    {
        if (OrderId is not null)
        {
            // Digits need no escaping, so the common case is written directly.
            var json = new byte["{\"orderId\":\"\"}".Length + OrderId.Length];
            System.Text.Unicode.Utf8.TryWrite(json, $"{{\"orderId\":\"{OrderId}\"}}", out _);
            return json;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("hash"u8, Hash);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
