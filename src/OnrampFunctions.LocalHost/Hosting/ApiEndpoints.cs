using Microsoft.Extensions.Primitives;
using Onramp.Cancellation;

namespace OnrampFunctions.Local;

/// <summary>The service's own endpoints under <c>/api</c>: translates the web server's requests and answers, and nothing else.</summary>
internal sealed class ApiEndpoints(IServiceProvider services, WorkInProgress work)
{
    // Not before the first request: making them needs valid options, and a fault in those is told when the host starts.
    private readonly Lazy<CancelEndpoint> _cancel = new(services.GetRequiredService<CancelEndpoint>);
    private readonly Lazy<TimeoutEndpoint> _timeouts = new(services.GetRequiredService<TimeoutEndpoint>);
    private readonly Lazy<HealthEndpoint> _health = new(services.GetRequiredService<HealthEndpoint>);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/api/orders/cancel", Answer((_, request, token) => _cancel.Value.HandleAsync(request, token)));
        routes.Map("/api/orders/timeouts", Answer((_, request, token) => _timeouts.Value.ArmAsync(request, token)));
        routes.Map("/api/orders/timeouts/{timeoutId}", Answer((context, request, token) =>
            _timeouts.Value.DisarmAsync(request, (string)context.Request.RouteValues["timeoutId"]!, token)));
        routes.Map("/api/health", Answer((_, request, _) => Task.FromResult(_health.Value.Handle(request))));
    }

    private RequestDelegate Answer(Func<HttpContext, ApiRequest, CancellationToken, Task<ApiResponse>> answer) => async context =>
    {
        if (!work.TryBegin())
        {
            await WriteStoppingAsync(context);
            return;
        }

        try
        {
            // Not RequestAborted: a caller who hangs up must not stop a cancel between the provider's call and the outcome event.
            await WriteAsync(context, await answer(context, Translate(context, context.Request), work.Abandoned));
        }
        catch (OperationCanceledException) when (work.Abandoned.IsCancellationRequested)
        {
            await WriteStoppingAsync(context);
        }
        finally
        {
            work.End();
        }
    };

    private static ApiRequest Translate(HttpContext context, HttpRequest request) => new()
    {
        Method = request.Method,
        Body = request.Body,
        StatusOfBrokenBody = exception => BrokenUploads.StatusOf(context, exception),
        ContentType = request.ContentType,
        ContentEncoding = Value(request.Headers.ContentEncoding),
        ContentLength = request.ContentLength,
        IdempotencyKey = Value(request.Headers["Idempotency-Key"]),
        Prefer = Value(request.Headers["Prefer"]),
        TraceParent = Value(request.Headers.TraceParent),
        TraceState = Value(request.Headers.TraceState),
    };

    private static string? Value(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static async Task WriteAsync(HttpContext context, ApiResponse answer)
    {
        var response = context.Response;
        response.StatusCode = answer.StatusCode;
        response.ContentType = answer.ContentType;
        if (answer.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server reads on only so far, and then the connection is of no use to the next request; the caller should know before it tries.
            response.Headers.Connection = "close";
        }

        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        if (answer.Body.IsEmpty)
        {
            return;
        }

        response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(answer.Body);
        }
    }

    private static Task WriteStoppingAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        context.Response.Headers.Connection = "close";
        return LocalJson.WriteErrorAsync(context, 503, "The local host is stopping; repeating the request is safe.");
    }
}
