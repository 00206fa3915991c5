using System.Collections.Frozen;
using System.Text.Json;

namespace Reliability;

/// <summary>A message that a tool has taken from the dead-letter queue, with everything that came with it.</summary>
/// <param name="BrokerProperties">Message id and the broker's other properties: JSON.</param>
/// <param name="Properties">Application properties, the broker's reason among them: JSON scalars.</param>
/// <param name="ContentType">Of the body; null for none.</param>
/// <param name="Body">The body.</param>
internal sealed record TakenLetter(string BrokerProperties, IReadOnlyDictionary<string, string> Properties, string? ContentType, byte[] Body)
{
    public string MessageId => JsonDocument.Parse(BrokerProperties).RootElement.GetProperty(nameof(MessageId)).GetString()!;

    public string? Text(string property) => Properties.TryGetValue(property, out var value) ? JsonDocument.Parse(value).RootElement.ToString() : null;
}

/// <summary>
/// Takes dead letters and puts them back as the common tools do (Service Bus Explorer): body, message id and every application property go into a new
/// message, <c>DeadLetterReason</c> and <c>DeadLetterErrorDescription</c> among them.
/// </summary>
internal sealed class DeadLetterTool(HttpClient http)
{
    private static readonly FrozenSet<string> OfHttpItself = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "Date", "Transfer-Encoding", "Connection", "BrokerProperties");

    /// <summary>Takes everything that is in the dead-letter queue now.</summary>
    public async Task<IReadOnlyList<TakenLetter>> TakeAllAsync(CancellationToken cancellationToken)
    {
        List<TakenLetter> taken = [];
        while (true)
        {
            using var response = await http.DeleteAsync(new Uri("cancel-requests/$DeadLetterQueue/messages/head?timeout=0", UriKind.Relative), cancellationToken);
            response.EnsureSuccessStatusCode();
            if (!response.Headers.TryGetValues("BrokerProperties", out var properties))
            {
                return taken;
            }

            taken.Add(new TakenLetter(
                properties.Single(),
                response.Headers.Where(static header => !OfHttpItself.Contains(header.Key)).ToDictionary(static header => header.Key, static header => string.Join(',', header.Value)),
                response.Content.Headers.ContentType?.ToString(),
                await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        }
    }

    /// <summary>Sends one to the queue again.</summary>
    public async Task PutBackAsync(TakenLetter letter, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "cancel-requests/messages") { Content = new ByteArrayContent(letter.Body) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", letter.ContentType);
        message.Headers.TryAddWithoutValidation("BrokerProperties", letter.BrokerProperties);
        foreach (var (name, value) in letter.Properties)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(message, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
