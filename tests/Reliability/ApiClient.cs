using System.Text;
using System.Text.Json;

namespace Reliability;

/// <summary>Calls the service by HTTP as a good client does: repeats a 503 with the same key, and waits as long as it is asked to, within reason.</summary>
internal sealed class ApiClient(HttpClient http, Chronicle chronicle, TimeProvider time)
{
    private const int MaxRepeats = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Posts until there is an answer that need not be repeated, or patience ends; undefined when there was no answer.</summary>
    public async Task<JsonElement> PostAsync(Record record, string path, string body, string? prefer, CancellationToken cancellationToken)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            message.Headers.TryAddWithoutValidation("Idempotency-Key", record.Request.RequestId);
            message.Headers.TryAddWithoutValidation("Prefer", prefer);
            using var response = await TrySendAsync(record, message, cancellationToken);
            if (response is null)
            {
                return default;
            }

            var json = (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken)).RootElement;
            var answer = Answer.Read(response, json);
            record.Answers.Enqueue(answer);
            chronicle.Add(record, $"answered {answer}");
            if (!answer.AsksForMore || repeat == MaxRepeats)
            {
                return json;
            }

            var asked = response.Headers.RetryAfter?.Delta ?? LongestWait;
            await Task.Delay(asked < LongestWait ? asked : LongestWait, time, cancellationToken);
        }
    }

    /// <summary>Null when the service does not answer for far longer than its budget.</summary>
    private async Task<HttpResponseMessage?> TrySendAsync(Record record, HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await http.SendAsync(message, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            record.Unanswered = true;
            chronicle.Add(record, $"no answer within {Patience.TotalSeconds} s");
            return null;
        }
    }

    /// <summary>Takes a timeout back; false when it is unknown or has fired.</summary>
    public async Task<bool> DisarmAsync(Record record, string timeoutId, CancellationToken cancellationToken)
    {
        using var response = await http.DeleteAsync(new Uri($"api/orders/timeouts/{timeoutId}", UriKind.Relative), cancellationToken);
        chronicle.Add(record, $"disarming answered {(int)response.StatusCode}");
        return (int)response.StatusCode == 204;
    }
}
