using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using Onramp.Cancellation;

namespace OnrampFunctions.Triggers;

/// <summary>Between the worker's HTTP types and the core's; nothing is decided here.</summary>
internal static class HttpTranslation
{
    public static ApiRequest ToApiRequest(this HttpRequestData request) => new()
    {
        Method = request.Method,
        Body = request.Body,
        ContentType = Header(request, "Content-Type"),
        ContentEncoding = Header(request, "Content-Encoding"),
        ContentLength = long.TryParse(Header(request, "Content-Length"), out var length) ? length : null,
        IdempotencyKey = Header(request, "Idempotency-Key"),
        Prefer = Header(request, "Prefer"),
        TraceParent = Header(request, "traceparent"),
        TraceState = Header(request, "tracestate"),
    };

    public static async Task<HttpResponseData> ToHttpAsync(this HttpRequestData request, ApiResponse answer, CancellationToken cancellationToken)
    {
        var response = request.CreateResponse();
        response.StatusCode = (HttpStatusCode)answer.StatusCode;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        if (answer.ContentType is not null)
        {
            response.Headers.TryAddWithoutValidation("Content-Type", answer.ContentType);
            await response.Body.WriteAsync(answer.Body, cancellationToken);
        }

        return response;
    }

    private static string? Header(HttpRequestData request, string name)
        => request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
