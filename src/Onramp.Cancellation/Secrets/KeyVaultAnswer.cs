using System.Text.Json;
using Azure;

namespace Onramp.Cancellation.Secrets;

/// <summary>
/// A refusal by Key Vault: <c>{"error":{"code","message","innererror":{"code"}}}</c>. The inner code is the exact one;
/// older versions and some refusals only have the message.
/// </summary>
/// <param name="Codes">Both codes.</param>
/// <param name="Message">The message, which may contain the names of the vault, the secret and the caller.</param>
internal sealed record KeyVaultAnswer(string[] Codes, string Message)
{
    /// <summary>Whether the secret itself is missing, and not something else with this name.</summary>
    public bool IsAboutSecret =>
        Codes.Contains("SecretNotFound")
        || Message.Contains("was not found in this key vault", StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses a refusal; null when it comes from a proxy or another server instead of Key Vault.</summary>
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

    // Both spellings occur: innererror and innerError.
    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
            ? element
                .EnumerateObject()
                .Where(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(static member => (JsonElement?)member.Value)
                .FirstOrDefault()
            : null;
}
