using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// Converts values of application properties between .NET and AMQP, with the types that Service Bus adds.
/// </summary>
internal static class PropertyValues
{
    /// <summary>
    /// The properties of a map. Their values have simple types (AMQP 1.0 part 3, section 3.2.5), or the three that
    /// Service Bus adds.
    /// </summary>
    /// <exception cref="AmqpException">One is a list, a map, an array or of another type that clients cannot
    /// read.</exception>
    public static Dictionary<string, object?> Read(AmqpMap map)
    {
        Dictionary<string, object?> properties = new(map.Count, StringComparer.Ordinal);
        foreach (var (key, value) in map)
        {
            var name = key.Key switch
            {
                string text => text,
                AmqpSymbol { Value: { } text } => text,
                _ => throw AmqpErrors.Argument("The name of an application property must be a string."),
            };
            properties[name] = FromAmqp(name, value);
        }

        return properties;
    }

    public static object? ToAmqp(object? value) =>
        value switch
        {
            byte[] bytes => new ArraySegment<byte>(bytes),
            Uri uri => new DescribedType((AmqpSymbol)AmqpConstants.UriName, uri.ToString()),
            TimeSpan span => new DescribedType((AmqpSymbol)AmqpConstants.TimeSpanName, span.Ticks),
            DateTimeOffset instant => new DescribedType((AmqpSymbol)AmqpConstants.DateTimeOffsetName, instant.UtcTicks),
            _ => value,
        };

    private static object? FromAmqp(string name, object? value) =>
        value switch
        {
            ArraySegment<byte> bytes => bytes.ToArray(),
            AmqpSymbol symbol => symbol.Value,
            DescribedType { Descriptor: AmqpSymbol type } described => (type.Value, described.Value) switch
            {
                (AmqpConstants.UriName, string text)
                    when Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) => uri,
                (AmqpConstants.TimeSpanName, long ticks) => new TimeSpan(ticks),
                (AmqpConstants.DateTimeOffsetName, long ticks)
                    when ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks => new DateTimeOffset(
                    ticks,
                    TimeSpan.Zero
                ),
                _ => throw NotSimple(name),
            },
            null
            or string
            or bool
            or char
            or sbyte
            or byte
            or short
            or ushort
            or int
            or uint
            or long
            or ulong
            or float
            or double
            or decimal
            or DateTime
            or Guid => value,
            _ => throw NotSimple(name),
        };

    private static AmqpException NotSimple(string name) =>
        AmqpErrors.Argument(
            $"Application property '{name}' does not have a simple type (AMQP 1.0, 3.2.5): "
                + "send lists, maps and arrays in the body."
        );
}
