using Microsoft.Extensions.Logging;

namespace OnrampFunctions.Logging;

/// <summary>What of the web server's log is worth a message to the Functions host.</summary>
public static class WebServerFilter
{
    /// <summary>
    /// Lets the web server speak from warnings on. What it says of each request belongs to no invocation: the Functions host, which logs requests itself, would be
    /// sent four messages for each and drop them.
    /// </summary>
    public static ILoggingBuilder AddWebServerFilter(this ILoggingBuilder logging) => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
}
