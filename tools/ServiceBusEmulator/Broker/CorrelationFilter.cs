using System.Collections.Frozen;
using System.Globalization;

namespace ServiceBusEmulator.Broker;

/// <summary>
/// A subscription's correlation filter: every condition must be met, by equality; text is compared to the letter,
/// numbers by their value. Rules in SQL are not understood.
/// </summary>
/// <param name="SystemProperties">Conditions on what every message has, by the names of <see cref="Known"/>.</param>
/// <param name="Properties">Conditions on application properties.</param>
public sealed record CorrelationFilter(
    IReadOnlyDictionary<string, string> SystemProperties,
    IReadOnlyDictionary<string, object> Properties
)
{
    /// <summary>What of a message can be compared, by its name in rules.</summary>
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

    public bool LetsThrough(BrokerMessage message) =>
        SystemProperties.All(condition => Known[condition.Key](message) == condition.Value)
        && Properties.All(condition => AreEqual(message.Property(condition.Key), condition.Value));

    private static bool AreEqual(object? actual, object wanted) =>
        actual is IConvertible number
        && IsNumber(number)
        && wanted is IConvertible wantedNumber
        && IsNumber(wantedNumber)
            ? number.ToDouble(CultureInfo.InvariantCulture).Equals(wantedNumber.ToDouble(CultureInfo.InvariantCulture))
            : Equals(actual, wanted);

    private static bool IsNumber(IConvertible value) =>
        value.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal;
}
