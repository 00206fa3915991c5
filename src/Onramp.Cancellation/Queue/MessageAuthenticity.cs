using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// Writes and verifies the properties that only this service may write. Anyone who may send to the queue can set any
/// property; two HMACs (SHA-256) prove which of them are the service's own. The <em>identity</em> says which request a
/// message is about, and survives a replay. The <em>history</em> says what earlier deliveries did, and is valid on one
/// message only.
/// </summary>
internal sealed class MessageAuthenticity(IMessageKeys keys)
{
    private const string IdentityPurpose = "identity 1";
    private const string HistoryPurpose = "history 1";
    private const string Round = "O";

    /// <summary>An id or a line that no sender can predict: a keyed digest, 64 lower-case hexadecimal digits.</summary>
    public string Digest(string purpose, params ReadOnlySpan<string> parts) =>
        Requests.Digest.Keyed(keys.Current[0], [purpose, .. parts]);

    /// <summary>The properties that prove which request a message is about.</summary>
    public KeyValuePair<string, object>[] Write(MessageIdentity identity, bool isTimeout, ReadOnlySpan<byte> body) =>
        [
            new(MessageProperties.RequestId, identity.RequestId),
            new(MessageProperties.RequestedAt, identity.RequestedAt.ToString(Round, CultureInfo.InvariantCulture)),
            .. Optional(MessageProperties.Source, identity.Source),
            .. Optional(MessageProperties.Caller, identity.Caller),
            .. Optional(MessageProperties.Token, identity.Token),
            new(
                MessageProperties.IdentityMac,
                Requests.Digest.Keyed(keys.Current[0], Covered(identity, isTimeout, body))
            ),
        ];

    /// <summary>The properties that prove what earlier deliveries did.</summary>
    /// <param name="history">What they did.</param>
    /// <param name="identityMac">The identity that the same message carries.</param>
    /// <param name="messageId">The id of the message that will carry them; null for none.</param>
    public KeyValuePair<string, object>[] Write(MessageHistory history, string identityMac, string? messageId)
    {
        HistoryTexts texts = new(history);
        return
        [
            new(MessageProperties.Delivery, history.Delivery),
            new(MessageProperties.Attempts, history.Attempts),
            new(MessageProperties.Line, texts.Line),
            new(MessageProperties.RetryingSince, texts.RetryingSince),
            .. history.TimeToLive is { } timeToLive
                ? [new(MessageProperties.TimeToLive, timeToLive)]
                : Array.Empty<KeyValuePair<string, object>>(),
            .. Optional(MessageProperties.Outcome, texts.Outcome is "" ? null : texts.Outcome),
            new(MessageProperties.Publications, history.Publications),
            new(
                MessageProperties.HistoryMac,
                Requests.Digest.Keyed(keys.Current[0], texts.Covered(identityMac, messageId))
            ),
        ];
    }

    /// <summary>
    /// The identity that a message carries; null when it carries none, or one that this service did not write for this
    /// body.
    /// </summary>
    public MessageIdentity? ReadIdentity(InboundMessage message, bool isTimeout)
    {
        if (
            Text(message, MessageProperties.RequestId) is not { Length: > 0 } requestId
            || Text(message, MessageProperties.IdentityMac) is not { } mac
            || !TimingText.TryReadInstant(Text(message, MessageProperties.RequestedAt) ?? "", out var requestedAt)
        )
        {
            return null;
        }

        MessageIdentity identity = new(
            requestId,
            NotEmpty(message, MessageProperties.Source),
            NotEmpty(message, MessageProperties.Caller),
            requestedAt,
            NotEmpty(message, MessageProperties.Token)
        );
        return IsOurs(mac, Covered(identity, isTimeout, message.Body.Span)) ? identity : null;
    }

    /// <summary>
    /// The history that a message carries; null when it carries none, or one that this service did not write for this
    /// message. Only a message whose identity is valid has one.
    /// </summary>
    public MessageHistory? ReadHistory(InboundMessage message)
    {
        if (
            Text(message, MessageProperties.IdentityMac) is not { } identityMac
            || Text(message, MessageProperties.HistoryMac) is not { } mac
        )
        {
            return null;
        }

        HistoryTexts texts = new(message);
        return IsOurs(mac, texts.Covered(identityMac, message.MessageId)) ? texts.ToHistory() : null;
    }

    private bool IsOurs(string mac, ReadOnlySpan<string> covered)
    {
        var given = Encoding.UTF8.GetBytes(mac);
        var isOurs = false;
        foreach (var key in keys.Current)
        {
            isOurs |= CryptographicOperations.FixedTimeEquals(
                given,
                Encoding.UTF8.GetBytes(Requests.Digest.Keyed(key, covered))
            );
        }

        return isOurs;
    }

    private static string[] Covered(MessageIdentity identity, bool isTimeout, ReadOnlySpan<byte> body) =>
        [
            IdentityPurpose,
            identity.RequestId,
            identity.RequestedAt.UtcTicks.ToString(CultureInfo.InvariantCulture),
            identity.Source ?? "",
            identity.Caller ?? "",
            identity.Token ?? "",
            isTimeout ? MessageProperties.TimeoutTrigger : MessageProperties.QueueTrigger,
            Convert.ToHexStringLower(SHA256.HashData(body)),
        ];

    private static KeyValuePair<string, object>[] Optional(string name, string? value) =>
        value is null ? [] : [new(name, value)];

    /// <summary>
    /// A property as text; null also when it is empty, since settling a message can overwrite a property but not remove
    /// it.
    /// </summary>
    private static string? NotEmpty(InboundMessage message, string name) =>
        Text(message, name) is { Length: > 0 } text ? text : null;

    /// <summary>A property as text: brokers and gateways differ in whether they pass on a number as a number.</summary>
    private static string? Text(InboundMessage message, string name) =>
        message.Properties.TryGetValue(name, out var value) ? PropertyValue.Text(value) : null;

    /// <summary>A history as the texts that its HMAC covers.</summary>
    private readonly record struct HistoryTexts
    {
        public HistoryTexts(MessageHistory history)
        {
            Delivery = history.Delivery.ToString(CultureInfo.InvariantCulture);
            Attempts = history.Attempts.ToString(CultureInfo.InvariantCulture);
            Line = history.Line;
            RetryingSince = history.RetryingSince.ToString(Round, CultureInfo.InvariantCulture);
            TimeToLive = history.TimeToLive?.ToString(CultureInfo.InvariantCulture) ?? "";
            Outcome = history.Outcome is null
                ? ""
                : JsonSerializer.Serialize(history.Outcome, MessageHistoryJson.Default.CancelOutcome);
            Publications = history.Publications.ToString(CultureInfo.InvariantCulture);
        }

        public HistoryTexts(InboundMessage message)
        {
            Delivery = Text(message, MessageProperties.Delivery) ?? "";
            Attempts = Text(message, MessageProperties.Attempts) ?? "";
            Line = Text(message, MessageProperties.Line) ?? "";
            RetryingSince = Text(message, MessageProperties.RetryingSince) ?? "";
            TimeToLive = Text(message, MessageProperties.TimeToLive) ?? "";
            Outcome = Text(message, MessageProperties.Outcome) ?? "";
            Publications = Text(message, MessageProperties.Publications) ?? "";
        }

        public string Delivery { get; }

        public string Attempts { get; }

        public string Line { get; }

        public string RetryingSince { get; }

        public string TimeToLive { get; }

        public string Outcome { get; }

        public string Publications { get; }

        public string[] Covered(string identityMac, string? messageId) =>
            [
                HistoryPurpose,
                identityMac,
                messageId ?? "",
                Delivery,
                Attempts,
                Line,
                RetryingSince,
                TimeToLive,
                Outcome,
                Publications,
            ];

        // The texts are authentic here: this service wrote them.
        public MessageHistory ToHistory() =>
            new()
            {
                Delivery = int.Parse(Delivery, CultureInfo.InvariantCulture),
                Attempts = int.Parse(Attempts, CultureInfo.InvariantCulture),
                Line = Line,
                RetryingSince = DateTimeOffset.ParseExact(RetryingSince, Round, CultureInfo.InvariantCulture),
                TimeToLive = TimeToLive.Length == 0 ? null : long.Parse(TimeToLive, CultureInfo.InvariantCulture),
                Outcome =
                    Outcome.Length == 0
                        ? null
                        : JsonSerializer.Deserialize(Outcome, MessageHistoryJson.Default.CancelOutcome),
                Publications = int.Parse(Publications, CultureInfo.InvariantCulture),
            };
    }
}

/// <summary>The keys that authenticate messages.</summary>
internal interface IMessageKeys
{
    /// <summary>
    /// The live keys: the first one signs, all of them verify. Never empty once the service has started.
    /// </summary>
    IReadOnlyList<byte[]> Current { get; }
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CancelOutcome))]
internal sealed partial class MessageHistoryJson : JsonSerializerContext;
