using System.Globalization;

namespace Onramp.Cancellation.Messages;

/// <summary>
/// Values of application properties. AMQP 1.0, part 3, section 3.2.5, only allows simple types. Some senders and
/// brokers pass lists and arrays nevertheless, which the Service Bus client for .NET cannot send again.
/// </summary>
public static class PropertyValue
{
    private const int MaxNames = 5;
    private const int MaxNameLength = 64;

    /// <summary>Whether a message with this value can be sent.</summary>
    public static bool IsSimple(object? value) =>
        value
            is null
                or string
                or bool
                or char
                or byte[]
                or Guid
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
                or DateTimeOffset
                or TimeSpan
                or Uri { IsAbsoluteUri: true };

    /// <summary>Why a message with these properties cannot be sent again; null when it can.</summary>
    internal static string? FaultOf(IReadOnlyDictionary<string, object> properties)
    {
        List<string>? names = null;
        foreach (var (name, value) in properties)
        {
            if (!IsSimple(value) && (names ??= []).Count < MaxNames)
            {
                names.Add(Telemetry.TextCut.To(name, MaxNameLength));
            }
        }

        return names is null
            ? null
            : "These application properties have a type that AMQP 1.0 does not allow there, such as a list or an array: "
                + $"{string.Join(", ", names)}. Send strings, numbers or other simple values.";
    }

    /// <summary>A value as text: some brokers and gateways pass a number on as text.</summary>
    internal static string Text(object value) =>
        value switch
        {
            DateTime time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            byte[] bytes => Convert.ToBase64String(bytes),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
}
