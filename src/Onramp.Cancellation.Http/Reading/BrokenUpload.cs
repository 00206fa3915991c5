using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>Handles a request body that did not arrive because of the sender or the network.</summary>
public static class BrokenUpload
{
    /// <summary>
    /// Returns the status for an exception that reading a body threw. Aborts a connection that was reset: nobody gets
    /// the response, and the web server would fail, and log, when it reads the rest of the body.
    /// </summary>
    public static int StatusOf(HttpContext context, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (exception is ConnectionResetException or OperationCanceledException)
        {
            context.Abort();
        }

        return (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
    }
}
