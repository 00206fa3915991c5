using System.Net;
using System.Text;
using System.Text.Json;

namespace Reliability;

/// <summary>
/// Calls the service as a well-behaved HTTP client: repeats a request after 503 with the same key, and honours
/// Retry-After within limits.
/// </summary>
internal sealed class ApiClient(
    IService service,
    RunOptions options,
    RunHistory chronicle,
    RecordedTexts sayings,
    TimeProvider time
)
{
    private const int MaxRepeats = 7;
    private const int MaxLost = 50;
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(15) * options.Slowness;

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
            using var exchange = await ExchangeAsync(record, message, cancellationToken);
            if (exchange.Response is { } response)
            {
                using var json = JsonDocument.Parse(exchange.Text);
                var answer = Answer.Read(response, json.RootElement);
                record.Answers.Enqueue(answer);
                chronicle.Add(record, $"answered {answer}");
                if (!answer.AsksForMore || repeat == MaxRepeats)
                {
                    return;
                }
            }
            else if (record.Unanswered || record.LostAnswers == MaxLost)
            {
                record.Unanswered = true;
                return;
            }
            else
            {
                // Another worker will answer.
                repeat--;
            }

            await WaitAsync(exchange.Response, cancellationToken);
        }
    }

    /// <summary>Disarms a timeout, and repeats that as often as the response asks for it.</summary>
    /// <returns>The status of the last response: 204, 404 if no timeout was ever armed, 409 if it is firing or has
    /// fired, or 503.</returns>
    public async Task<HttpStatusCode> DisarmAsync(Record record, string path, CancellationToken cancellationToken)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Delete, path);
            using var exchange = await ExchangeAsync(record, message, cancellationToken);
            var status = exchange.Response?.StatusCode ?? HttpStatusCode.ServiceUnavailable;
            chronicle.Add(record, $"disarming answered {(int)status}");
            if (status != HttpStatusCode.ServiceUnavailable || repeat == MaxRepeats)
            {
                return status;
            }

            await WaitAsync(exchange.Response, cancellationToken);
        }
    }

    /// <summary>Asks what became of a deferred request.</summary>
    /// <returns>The outcome; null while the request waits or if it is unknown.</returns>
    public async Task<string?> FindOutcomeAsync(Record record, string location, CancellationToken cancellationToken)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, location);
            using var exchange = await ExchangeAsync(record, message, cancellationToken);
            if (exchange.Response is { StatusCode: not HttpStatusCode.ServiceUnavailable } || repeat == MaxRepeats)
            {
                chronicle.Add(record, $"its record answers {(int?)exchange.Response?.StatusCode}: {exchange.Text}");
                using var json = JsonDocument.Parse(exchange.Text.Length == 0 ? "{}" : exchange.Text);
                return json.RootElement.TryGetProperty("outcome", out var outcome) ? outcome.GetString() : null;
            }

            await WaitAsync(exchange.Response, cancellationToken);
        }
    }

    private Task WaitAsync(HttpResponseMessage? response, CancellationToken cancellationToken)
    {
        var asked = response?.Headers.RetryAfter?.Delta ?? LongestWait;
        return Task.Delay(asked < LongestWait ? asked : LongestWait, time, cancellationToken);
    }

    /// <summary>
    /// Sends a request once. There is no response if the service does not respond for much longer than its budget, or
    /// if the worker was killed that had the request.
    /// </summary>
    private async Task<Exchange> ExchangeAsync(
        Record record,
        HttpRequestMessage message,
        CancellationToken cancellationToken
    )
    {
        using var patience = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await service.Client.SendAsync(message, either.Token);
            var text = await response.Content.ReadAsStringAsync(either.Token);
            if (service.LosesAnswers && (int)response.StatusCode >= 500 && text.Length == 0)
            {
                response.Dispose();
                return Lost(record, $"the host answered {(int)response.StatusCode} in place of its worker");
            }

            sayings.AddAnswer(response, text);
            return new Exchange(response, text);
        }
        catch (HttpRequestException exception) when (service.LosesAnswers)
        {
            response?.Dispose();
            return Lost(record, $"lost its connection: {exception.HttpRequestError}");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            response?.Dispose();
            record.Unanswered = true;
            chronicle.Add(record, $"no answer within {_patience.TotalSeconds} s");
            return new Exchange(Response: null, "");
        }
    }

    private Exchange Lost(Record record, string what)
    {
        record.LostAnswers++;
        chronicle.Add(record, what);
        return new Exchange(Response: null, "");
    }

    private readonly record struct Exchange(HttpResponseMessage? Response, string Text) : IDisposable
    {
        public void Dispose() => Response?.Dispose();
    }
}
