using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>A request body that did not arrive: its sender's affair, or the network's.</summary>
public static class BrokenUpload
{
    /// <summary>
    /// The status for an exception that reading a body threw. A connection that is gone is given up: there is nobody to
    /// answer, and the web server would try to read the rest of the body from it, and log that it cannot.
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
