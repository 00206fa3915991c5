using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Onramp.Cancellation.Cancelling;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Signing;
using Onramp.Cancellation.Queueing;

namespace Onramp.Cancellation.Deliveries;

/// <summary>
/// An outcome that waits on the queue, with the message it came of, until the topic takes events again: the provider is not asked a second time for what is
/// known. A keyed digest shows that this service wrote it, about this request; whoever may send to the queue must not be able to make up outcomes. One that
/// does not prove that is passed over, and the request is done anew.
/// </summary>
internal sealed class PendingOutcome(SigningService signing)
{
    /// <summary>The properties that carry an outcome.</summary>
    public KeyValuePair<string, object>[] Write(CancelRequest request, CancelOutcome outcome, int publications)
    {
        var json = JsonSerializer.Serialize(outcome, PendingOutcomeJson.Default.CancelOutcome);
        return
        [
            new(MessageProperties.Outcome, json),
            new(MessageProperties.OutcomeMac, signing.Authenticate(Covered(request, json))),
            new(MessageProperties.Publications, publications),
        ];
    }

    /// <summary>The outcome that a message carries; null when it carries none, or one of somebody else's making.</summary>
    public CancelOutcome? Read(InboundMessage message, CancelRequest request)
    {
        if (message.Properties.GetValueOrDefault(MessageProperties.Outcome) is not string { Length: > 0 } json
            || message.Properties.GetValueOrDefault(MessageProperties.OutcomeMac) is not string mac
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(mac), Encoding.ASCII.GetBytes(signing.Authenticate(Covered(request, json)))))
        {
            return null;
        }

        return JsonSerializer.Deserialize(json, PendingOutcomeJson.Default.CancelOutcome);
    }

    // Onramp's signatures are over base64, which has no line break: neither can be taken for the other.
    private static string Covered(CancelRequest request, string json)
        => $"onramp-cancellation outcome\n{request.Digest("pending", json)}";
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CancelOutcome))]
internal sealed partial class PendingOutcomeJson : JsonSerializerContext;
