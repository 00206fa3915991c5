using Microsoft.AspNetCore.Http;

namespace Onramp.Cancellation.Http.Answers;

/// <summary>
/// A response whose body is already serialized, so that its length is known and every host sends the same bytes.
/// </summary>
internal sealed record ApiResult(
    int StatusCode,
    string? ContentType,
    ReadOnlyMemory<byte> Body,
    params IReadOnlyList<KeyValuePair<string, string>> Headers
) : IResult
{
    /// <summary>Returns the same response with one more header.</summary>
    public ApiResult With(string name, string value) => this with { Headers = [.. Headers, new(name, value)] };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCode;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        foreach (var (name, value) in Headers)
        {
            response.Headers.Append(name, value);
        }

        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(Body);
        }
    }
}
