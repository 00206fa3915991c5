using System.Collections.Frozen;
using System.Globalization;

namespace ServiceBusEmulator.Broker;

/// <summary>
/// A subscription's correlation filter: every condition must be met. Text is compared ordinally, numbers by value.
/// </summary>
/// <param name="SystemProperties">Conditions on system properties, by the names of <see cref="Known"/>.</param>
/// <param name="Properties">Conditions on application properties.</param>
public sealed record CorrelationFilter(
    IReadOnlyDictionary<string, string> SystemProperties,
    IReadOnlyDictionary<string, object> Properties
)
{
    /// <summary>The system properties that filters can compare, by their names in rules.</summary>
    internal static FrozenDictionary<string, Func<BrokerMessage, string?>> Known { get; } =
        new Dictionary<string, Func<BrokerMessage, string?>>
        {
            ["ContentType"] = message => message.ContentType,
            ["CorrelationId"] = message => message.CorrelationId,
            ["Label"] = message => message.Subject,
            ["MessageId"] = message => message.MessageId,
            ["ReplyTo"] = message => message.ReplyTo,
            ["ReplyToSessionId"] = message => message.ReplyToSessionId,
            ["SessionId"] = message => message.SessionId,
            ["To"] = message => message.To,
        }.ToFrozenDictionary();

    public bool Matches(BrokerMessage message) =>
        SystemProperties.All(condition => Known[condition.Key](message) == condition.Value)
        && Properties.All(condition => AreEqual(message.Property(condition.Key), condition.Value));

    private static bool AreEqual(object? actual, object expected) =>
        actual is IConvertible number
        && IsNumber(number)
        && expected is IConvertible expectedNumber
        && IsNumber(expectedNumber)
            ? number
                .ToDouble(CultureInfo.InvariantCulture)
                .Equals(expectedNumber.ToDouble(CultureInfo.InvariantCulture))
            : Equals(actual, expected);

    private static bool IsNumber(IConvertible value) =>
        value.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal;
}
