using Microsoft.AspNetCore.Connections;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// A request body that is cut, badly chunked, too slow or too large is its sender's affair: the web server would log it
/// as an error with a stack trace, here it is a problem document and a debug line.
/// </summary>
internal static partial class BrokenUploads
{
    /// <summary>
    /// Sees to the endpoints that leave it to others, whose only input is the request; those under <c>/api</c> have
    /// answers of their own.
    /// </summary>
    public static Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger logger) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            ? next(context)
            : AnswerOthersAsync(context, next, logger);

    private static async Task AnswerOthersAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception)
            when (exception is IOException or ConnectionAbortedException && !context.Response.HasStarted)
        {
            Log.Broken(logger, exception.Message);
            var status = BrokenUpload.StatusOf(context, exception);
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await LocalJson.WriteErrorAsync(context, status, $"The body did not arrive: {exception.Message}");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(711, LogLevel.Debug, "The body of a request did not arrive: {Reason}")]
        public static partial void Broken(ILogger logger, string reason);
    }
}
