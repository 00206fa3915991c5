using Microsoft.Extensions.Logging;

namespace OnrampFunctions;

/// <summary>What of the worker's log goes to the Functions host.</summary>
public static class HostLogFilter
{
    /// <summary>
    /// Logs the service's own categories from Information on and all others from Warning on. The web server logs four
    /// messages for each request, and the HTTP client of the Service Bus extension four for each settled message, which
    /// the Functions host would drop or print.
    /// </summary>
    public static ILoggingBuilder AddHostLogFilter(this ILoggingBuilder logging) =>
        logging.AddFilter(category: "", LogLevel.Warning).AddFilter("Onramp", LogLevel.Information);
}
