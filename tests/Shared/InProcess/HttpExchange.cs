using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Onramp.Testing;

/// <summary>A request of a test.</summary>
public sealed record ApiRequest
{
    public required string Method { get; init; }

    public required Stream Body { get; init; }

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public long? ContentLength { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? Prefer { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    /// <summary>The order in the path, if the route has that parameter.</summary>
    public string? Order { get; init; }

    public HttpContext ToContext()
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        (request.Method, request.Body, request.ContentType, request.ContentLength) = (
            Method,
            Body,
            ContentType,
            ContentLength
        );
        foreach (
            var (name, value) in ((string, string?)[])
                [
                    ("Content-Encoding", ContentEncoding),
                    ("Idempotency-Key", IdempotencyKey),
                    ("Prefer", Prefer),
                    ("traceparent", TraceParent),
                    ("tracestate", TraceState),
                ]
        )
        {
            if (value is not null)
            {
                request.Headers[name] = value;
            }
        }

        if (Order is not null)
        {
            request.RouteValues["order"] = Order;
        }

        context.Response.Body = new MemoryStream();
        return context;
    }
}

/// <summary>The response that a caller receives, byte for byte.</summary>
public sealed record ApiResponse(
    int StatusCode,
    string? ContentType,
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<KeyValuePair<string, string>> Headers
)
{
    public string Text => Encoding.UTF8.GetString(Body.Span);

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Sends a request to a route and records the response.</summary>
    public static async Task<ApiResponse> OfAsync(OrderApi api, ApiRoute route, ApiRequest request)
    {
        var context = request.ToContext();
        return await OfAsync(context, await api.AnswerAsync(route, context));
    }

    /// <summary>Executes a result as a host does and records the response.</summary>
    public static async Task<ApiResponse> OfAsync(HttpContext context, IResult answer)
    {
        context.RequestServices ??= new NoServices();
        await answer.ExecuteAsync(context);
        var response = context.Response;
        return new ApiResponse(
            response.StatusCode,
            response.ContentType,
            ((MemoryStream)response.Body).ToArray(),
            [
                .. response
                    .Headers.Where(static header => header.Key is not ("Content-Type" or "Content-Length"))
                    .Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString())),
            ]
        );
    }

    /// <summary>Converts it for a contract case.</summary>
    public ContractAnswer ToContract() =>
        new(StatusCode, Headers.Append(KeyValuePair.Create("Content-Type", ContentType ?? "")).ToDictionary(), Text);

    /// <summary>The results of the framework look for a logger.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(Microsoft.Extensions.Logging.ILoggerFactory)
                ? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance
                : null;
    }
}

internal static class ContractRequests
{
    /// <summary>Converts a request as a web server does, except for route values.</summary>
    public static HttpContext ToContext(this ContractRequest asked)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.Body) = (
            asked.Method,
            asked.Path,
            new MemoryStream(asked.Body.ToArray())
        );
        context.Request.QueryString = new QueryString(asked.Query);
        context.Request.ContentType = asked.ContentType;
        context.Response.Body = new MemoryStream();
        foreach (var (name, value) in asked.Headers)
        {
            // Not Append, which drops an empty value.
            context.Request.Headers[name] = StringValues.Concat(context.Request.Headers[name], value);
        }

        return context;
    }
}
