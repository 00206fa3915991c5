using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace OnrampFunctions.Local.Amqp;

/// <summary>Values of application properties: .NET's on one side, AMQP's, with the types that Service Bus adds to them, on the other.</summary>
internal static class PropertyValues
{
    /// <summary>The properties of a map; what has no name is left out.</summary>
    public static Dictionary<string, object?> Read(AmqpMap map)
    {
        Dictionary<string, object?> properties = new(map.Count, StringComparer.Ordinal);
        foreach (var (key, value) in map)
        {
            if (key.Key?.ToString() is { } name)
            {
                properties[name] = FromAmqp(value);
            }
        }

        return properties;
    }

    public static object? ToAmqp(object? value) => value switch
    {
        byte[] bytes => new ArraySegment<byte>(bytes),
        Uri uri => new DescribedType((AmqpSymbol)AmqpConstants.UriName, uri.ToString()),
        TimeSpan span => new DescribedType((AmqpSymbol)AmqpConstants.TimeSpanName, span.Ticks),
        DateTimeOffset instant => new DescribedType((AmqpSymbol)AmqpConstants.DateTimeOffsetName, instant.UtcTicks),
        _ => value,
    };

    private static object? FromAmqp(object? value) => value switch
    {
        ArraySegment<byte> bytes => bytes.ToArray(),
        AmqpSymbol symbol => symbol.Value,
        DescribedType { Descriptor: AmqpSymbol type } described => (type.Value, described.Value) switch
        {
            (AmqpConstants.UriName, string text) when Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) => uri,
            (AmqpConstants.TimeSpanName, long ticks) => new TimeSpan(ticks),
            (AmqpConstants.DateTimeOffsetName, long ticks) when ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks => new DateTimeOffset(ticks, TimeSpan.Zero),
            _ => value,
        },
        _ => value,
    };
}
