using Microsoft.Extensions.Logging;

namespace OnrampFunctions;

/// <summary>Filters the worker's log for the Functions host.</summary>
public static class HostLogFilter
{
    /// <summary>
    /// Logs the service's own categories from Information and all others from Warning. The web server logs four
    /// messages for each request, and so does the HTTP client of the Service Bus extension for each settled message;
    /// the Functions host would drop or print them.
    /// </summary>
    public static ILoggingBuilder AddHostLogFilter(this ILoggingBuilder logging) =>
        logging.AddFilter(category: "", LogLevel.Warning).AddFilter("Onramp", LogLevel.Information);
}
