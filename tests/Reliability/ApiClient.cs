using System.Net;
using System.Text;
using System.Text.Json;

namespace Reliability;

/// <summary>
/// Calls the service as a well-behaved HTTP client: repeats a request after 503 with the same key, and honours
/// Retry-After within limits.
/// </summary>
internal sealed class ApiClient(HttpClient http, RunHistory chronicle, RecordedTexts sayings, TimeProvider time)
{
    private const int MaxRepeats = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // The time for which the circuit stays open in a run.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends a request until a response needs no repeat or the time limit is reached.</summary>
    public async Task SendAsync(
        Record record,
        HttpMethod method,
        string path,
        string body,
        string? prefer,
        CancellationToken cancellationToken
    )
    {
        for (var repeat = 0; ; repeat++)
        {
            using var message = new HttpRequestMessage(method, path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            message.Headers.TryAddWithoutValidation("Idempotency-Key", record.Request.RequestId);
            message.Headers.TryAddWithoutValidation("Prefer", prefer);
            using var response = await TrySendAsync(record, message, cancellationToken);
            if (response is null)
            {
                return;
            }

            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            sayings.AddAnswer(response, text);
            using var json = JsonDocument.Parse(text);
            var answer = Answer.Read(response, json.RootElement);
            record.Answers.Enqueue(answer);
            chronicle.Add(record, $"answered {answer}");
            if (!answer.AsksForMore || repeat == MaxRepeats)
            {
                return;
            }

            await WaitAsync(response, cancellationToken);
        }
    }

    /// <summary>Disarms a timeout, and repeats that as often as the response asks for it.</summary>
    /// <returns>The status of the last response: 204, 404 if no timeout was ever armed, 409 if it is firing or has
    /// fired, or 503.</returns>
    public async Task<HttpStatusCode> DisarmAsync(Record record, string path, CancellationToken cancellationToken)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var response = await http.DeleteAsync(new Uri(path, UriKind.Relative), cancellationToken);
            sayings.AddAnswer(response, await response.Content.ReadAsStringAsync(cancellationToken));
            chronicle.Add(record, $"disarming answered {(int)response.StatusCode}");
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || repeat == MaxRepeats)
            {
                return response.StatusCode;
            }

            await WaitAsync(response, cancellationToken);
        }
    }

    /// <summary>Asks what became of a deferred request.</summary>
    /// <returns>The outcome; null while the request waits or if it is unknown.</returns>
    public async Task<string?> FindOutcomeAsync(Record record, string location, CancellationToken cancellationToken)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var response = await http.GetAsync(new Uri(location, UriKind.Relative), cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            sayings.AddAnswer(response, text);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || repeat == MaxRepeats)
            {
                using var json = JsonDocument.Parse(text);
                chronicle.Add(
                    record,
                    $"its record answers {(int)response.StatusCode}: {json.RootElement.GetRawText()}"
                );
                return json.RootElement.TryGetProperty("outcome", out var outcome) ? outcome.GetString() : null;
            }

            await WaitAsync(response, cancellationToken);
        }
    }

    private Task WaitAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var asked = response.Headers.RetryAfter?.Delta ?? LongestWait;
        return Task.Delay(asked < LongestWait ? asked : LongestWait, time, cancellationToken);
    }

    /// <summary>Null if the service does not respond for much longer than its budget.</summary>
    private async Task<HttpResponseMessage?> TrySendAsync(
        Record record,
        HttpRequestMessage message,
        CancellationToken cancellationToken
    )
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
}
