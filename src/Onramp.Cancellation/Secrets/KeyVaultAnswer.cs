using System.Text.Json;
using Azure;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// What Key Vault says when it refuses: <c>{"error":{"code","message","innererror":{"code"}}}</c>. The inner code is
/// the exact one; older versions and some refusals have the message only.
/// </summary>
/// <param name="Codes">Both codes.</param>
/// <param name="Message">For people; it may hold names of the vault, the secret and the caller.</param>
internal sealed record KeyVaultAnswer(string[] Codes, string Message)
{
    /// <summary>Whether it is the secret that is not there, and not something else of this name.</summary>
    public bool IsAboutSecret =>
        Codes.Contains("SecretNotFound")
        || Message.Contains("was not found in this key vault", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a refusal; null when it is not Key Vault that speaks, but a proxy or another server.</summary>
    public static KeyVaultAnswer? Read(RequestFailedException refused)
    {
        try
        {
            using var document = JsonDocument.Parse(refused.GetRawResponse()?.Content ?? BinaryData.FromString(""));
            return Member(document.RootElement, "error") is { ValueKind: JsonValueKind.Object } error
                ? new KeyVaultAnswer(
                    [Text(error, "code"), Text(Member(error, "innererror") ?? default, "code")],
                    Text(error, "message")
                )
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    // Seen as innererror and as innerError.
    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
            ? element
                .EnumerateObject()
                .Where(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(static member => (JsonElement?)member.Value)
                .FirstOrDefault()
            : null;
}
