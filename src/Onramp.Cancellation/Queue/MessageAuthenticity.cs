using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Timeouts;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// Writes and verifies the properties that only this service may write. Anyone who may send to the queue can set any
/// property, so two HMACs (SHA-256) prove which properties are the service's own. The <em>identity</em> says which
/// request a message is about and survives a replay. The <em>history</em> describes earlier deliveries and is valid on
/// one message only.
/// </summary>
internal sealed class MessageAuthenticity(IMessageKeys keys)
{
    private const string IdentityPurpose = "identity 1";
    private const string HistoryPurpose = "history 1";
    private const string Round = "O";

    /// <summary>
    /// A keyed digest, used as an id that senders cannot predict: 64 lower-case hexadecimal digits.
    /// </summary>
    public string Digest(string purpose, params ReadOnlySpan<string> parts) => keys.Sign([purpose, .. parts]);

    /// <summary>Returns the properties that prove which request a message is about.</summary>
    public KeyValuePair<string, object>[] Write(MessageIdentity identity, bool isTimeout, ReadOnlySpan<byte> body) =>
        [
            new(MessageProperties.RequestId, identity.RequestId),
            new(MessageProperties.RequestedAt, identity.RequestedAt.ToString(Round, CultureInfo.InvariantCulture)),
            .. Optional(MessageProperties.Source, identity.Source),
            .. Optional(MessageProperties.Caller, identity.Caller),
            .. Optional(MessageProperties.Version, identity.Version),
            new(MessageProperties.IdentityMac, keys.Sign(Covered(identity, isTimeout, body))),
        ];

    /// <summary>Returns the properties of the identity and of the history.</summary>
    /// <param name="message">The message with the history to write.</param>
    /// <param name="messageId">The id of the message that will carry the properties; null for none.</param>
    public KeyValuePair<string, object>[] Write(CancelMessage message, string? messageId)
    {
        var identity = Write(message.Identity!, message.IsTimeout, message.Received.Body.Span);
        object?[] history =
        [
            message.Delivery,
            message.Attempts,
            message.Line,
            message.RetryingSince.ToString(Round, CultureInfo.InvariantCulture),
            message.TimeToLive,
            message.PendingOutcome is null
                ? null
                : JsonSerializer.Serialize(message.PendingOutcome, MessageHistoryJson.Default.CancelOutcome),
            message.Publications,
            message.Waits,
            (long)message.Waited.TotalMilliseconds,
        ];
        KeyValuePair<string, object>[] properties =
        [
            .. MessageProperties
                .History.Zip(history)
                .Where(static property => property.Second is not null)
                .Select(static property => KeyValuePair.Create(property.First, property.Second!)),
        ];
        var covered = CoveredHistory((string)identity[^1].Value, messageId, properties);
        return [.. identity, .. properties, new(MessageProperties.HistoryMac, keys.Sign(covered))];
    }

    /// <summary>
    /// Returns the identity that a message carries; null when it has none, or one that this service did not write for
    /// this body.
    /// </summary>
    public MessageIdentity? ReadIdentity(InboundMessage message, bool isTimeout) =>
        ReadClaim(message) is var (mac, identity) && keys.IsOurs(mac, Covered(identity, isTimeout, message.Body.Span))
            ? identity
            : null;

    /// <summary>
    /// Returns the identity of an alarm whose key is no longer valid: timeouts can be armed for longer than keys are
    /// kept. It needs no proof, because only a row with its version, caller and order makes it fire. Null for any other
    /// message.
    /// </summary>
    public static MessageIdentity? ReadAlarm(InboundMessage message) =>
        ReadClaim(message) is var (_, identity)
        && identity.Version == identity.RequestId
        && TimeoutRow.IsVersion(identity.RequestId)
            ? identity with
            {
                Source = null,
            }
            : null;

    /// <summary>The identity that a message claims to have, and its HMAC, which is not verified.</summary>
    private static (string Mac, MessageIdentity Identity)? ReadClaim(InboundMessage message) =>
        NotEmpty(message, MessageProperties.RequestId) is { } requestId
        && Text(message, MessageProperties.IdentityMac) is { } mac
        && TimingText.TryReadInstant(Text(message, MessageProperties.RequestedAt) ?? "", out var requestedAt)
            ? (
                mac,
                new MessageIdentity(
                    requestId,
                    NotEmpty(message, MessageProperties.Source),
                    NotEmpty(message, MessageProperties.Caller),
                    requestedAt,
                    NotEmpty(message, MessageProperties.Version)
                )
            )
            : null;

    /// <summary>
    /// Adds the history that a message carries. Returns null when it has none, or one that this service did not write
    /// for this message. Only a message with a valid identity can have a history.
    /// </summary>
    public CancelMessage? WithHistory(CancelMessage message)
    {
        var received = message.Received;
        if (
            Text(received, MessageProperties.IdentityMac) is not { } identityMac
            || Text(received, MessageProperties.HistoryMac) is not { } mac
        )
        {
            return null;
        }

        string[] texts = [.. MessageProperties.History.Select(name => Text(received, name) ?? "")];
        if (!keys.IsOurs(mac, CoveredHistory(identityMac, received.MessageId, received.Properties)))
        {
            return null;
        }

        // The texts are authentic: this service wrote them.
        return message with
        {
            Delivery = int.Parse(texts[0], CultureInfo.InvariantCulture),
            Attempts = int.Parse(texts[1], CultureInfo.InvariantCulture),
            Line = texts[2],
            RetryingSince = DateTimeOffset.ParseExact(texts[3], Round, CultureInfo.InvariantCulture),
            TimeToLive = texts[4].Length == 0 ? null : long.Parse(texts[4], CultureInfo.InvariantCulture),
            PendingOutcome =
                texts[5].Length == 0
                    ? null
                    : JsonSerializer.Deserialize(texts[5], MessageHistoryJson.Default.CancelOutcome),
            Publications = int.Parse(texts[6], CultureInfo.InvariantCulture),
            Waits = int.Parse(texts[7], CultureInfo.InvariantCulture),
            Waited = TimeSpan.FromMilliseconds(long.Parse(texts[8], CultureInfo.InvariantCulture)),
        };
    }

    private static string[] Covered(MessageIdentity identity, bool isTimeout, ReadOnlySpan<byte> body) =>
        [
            IdentityPurpose,
            identity.RequestId,
            identity.RequestedAt.UtcTicks.ToString(CultureInfo.InvariantCulture),
            identity.Source ?? "",
            identity.Caller ?? "",
            identity.Version ?? "",
            isTimeout ? MessageProperties.TimeoutTrigger : MessageProperties.QueueTrigger,
            Convert.ToHexStringLower(SHA256.HashData(body)),
        ];

    /// <summary>
    /// Whatever is not identity is history, also a property that only a newer version knows: so an older version reads
    /// the rest after a rollback.
    /// </summary>
    private static string[] CoveredHistory(
        string identityMac,
        string? messageId,
        IEnumerable<KeyValuePair<string, object>> properties
    ) =>
        [
            HistoryPurpose,
            identityMac,
            messageId ?? "",
            .. properties
                .Where(static property => MessageProperties.IsHistory(property.Key))
                .OrderBy(static property => property.Key, StringComparer.Ordinal)
                .SelectMany(static property => new[] { property.Key, PropertyValue.Text(property.Value) ?? "" }),
        ];

    private static KeyValuePair<string, object>[] Optional(string name, string? value) =>
        value is null ? [] : [new(name, value)];

    /// <summary>
    /// A property as text; null also when it is empty, since settling a message can overwrite a property but not remove
    /// it.
    /// </summary>
    private static string? NotEmpty(InboundMessage message, string name) =>
        Text(message, name) is { Length: > 0 } text ? text : null;

    /// <summary>A property as text: some brokers and gateways pass a number on as text.</summary>
    private static string? Text(InboundMessage message, string name) =>
        message.Properties.TryGetValue(name, out var value) ? PropertyValue.Text(value) : null;
}

[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CancelOutcome))]
internal sealed partial class MessageHistoryJson : JsonSerializerContext;
