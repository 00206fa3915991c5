using System.Net;
using System.Text;
using System.Text.Json;

namespace Reliability;

/// <summary>
/// Calls the service by HTTP as a good client does: repeats a 503 with the same key, and waits as long as it is asked
/// to, within reason.
/// </summary>
internal sealed class ApiClient(HttpClient http, Chronicle chronicle, Sayings sayings, TimeProvider time)
{
    private const int MaxRepeats = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // As long as the circuit stays open in a run.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Posts until there is an answer that need not be repeated, or patience ends.</summary>
    public async Task PostAsync(
        Record record,
        string path,
        string body,
        string? prefer,
        CancellationToken cancellationToken
    )
    {
        for (var repeat = 0; ; repeat++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, path)
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

    /// <summary>Takes a timeout back, as often as it is told to repeat that.</summary>
    /// <returns>
    /// The last answer's status: 204, or 404 when the timeout is unknown or has fired; and whether it was told to
    /// repeat before.
    /// </returns>
    public async Task<(HttpStatusCode Status, bool IsRepeated)> DisarmAsync(
        Record record,
        string timeoutId,
        CancellationToken cancellationToken
    )
    {
        for (var repeat = 0; ; repeat++)
        {
            using var response = await http.DeleteAsync(
                new Uri($"api/orders/timeouts/{timeoutId}", UriKind.Relative),
                cancellationToken
            );
            sayings.AddAnswer(response, await response.Content.ReadAsStringAsync(cancellationToken));
            chronicle.Add(record, $"disarming {timeoutId} answered {(int)response.StatusCode}");
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || repeat == MaxRepeats)
            {
                return (response.StatusCode, repeat > 0);
            }

            await WaitAsync(response, cancellationToken);
        }
    }

    private Task WaitAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var asked = response.Headers.RetryAfter?.Delta ?? LongestWait;
        return Task.Delay(asked < LongestWait ? asked : LongestWait, time, cancellationToken);
    }

    /// <summary>Null when the service does not answer for far longer than its budget.</summary>
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
