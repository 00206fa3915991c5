using Microsoft.AspNetCore.Connections;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Answers truncated, badly chunked, slow or oversized request bodies with a problem document and a debug line. The web
/// server would log an error with a stack trace.
/// </summary>
internal static partial class BrokenUploads
{
    /// <summary>Handles all endpoints except those under <c>/api</c>, which have their own answers.</summary>
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
            Log.Broken(logger, LogText.Of(exception.Message));
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
