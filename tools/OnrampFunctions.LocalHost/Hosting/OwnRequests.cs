using System.Net;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// The host belongs to one developer: it takes requests of that developer's programs, and of its own pages, but of no
/// other web page, or any site could cancel orders through the browser. A page of another site is known by
/// <c>Origin</c> (RFC 6454) or <c>Sec-Fetch-Site</c> (W3C Fetch Metadata); one that had its own name resolve to this
/// machine (DNS rebinding) by <c>Host</c>. Pages on other ports of this machine count as others: whatever runs there
/// may show what strangers wrote.
/// </summary>
internal static class OwnRequests
{
    /// <summary>Answers 403 to everything else, whatever its path, before anything is done.</summary>
    public static Task RefuseOthersAsync(HttpContext context, RequestDelegate next) =>
        FindFault(context.Request) is { } fault ? LocalJson.WriteErrorAsync(context, 403, fault) : next(context);

    private static string? FindFault(HttpRequest request)
    {
        if (!IsThisMachine(request.Host.Host))
        {
            return "The local host serves this machine only: Host must be localhost, 127.0.0.1 or [::1], with any port.";
        }

        if (
            request.Headers.Origin is { Count: > 0 } origin
            && $"http://{request.Host.Value}" is var own
            && !string.Equals(origin.ToString(), own, StringComparison.OrdinalIgnoreCase)
        )
        {
            return $"The local host takes nothing from web pages of other origins: Origin must be {own}, or absent as programs leave it.";
        }

        return
            request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site && site.ToString() is not ("same-origin" or "none")
            ? "The local host takes nothing from web pages of other sites or ports: Sec-Fetch-Site must be same-origin or none, or absent as programs leave it."
            : null;
    }

    private static bool IsThisMachine(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }
}
