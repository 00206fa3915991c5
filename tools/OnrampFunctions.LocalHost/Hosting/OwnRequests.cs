using System.Net;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Accepts requests of programs on this machine and of the host's own pages, but not of other web pages: otherwise any
/// site could cancel orders through the browser. A page of another site is recognised by <c>Origin</c> (RFC 6454) or
/// <c>Sec-Fetch-Site</c> (W3C Fetch Metadata), DNS rebinding by <c>Host</c>. Pages on other ports of this machine are
/// not trusted either: they may show foreign content.
/// </summary>
internal static class OwnRequests
{
    /// <summary>Answers 403 to all other requests, whatever their path.</summary>
    public static Task RefuseOthersAsync(HttpContext context, RequestDelegate next) =>
        FindFault(context.Request) is { } fault ? LocalJson.WriteErrorAsync(context, 403, fault) : next(context);

    private static string? FindFault(HttpRequest request)
    {
        if (!IsThisMachine(request.Host.Host))
        {
            return "The local host serves this machine only: "
                + "Host must be localhost, 127.0.0.1 or [::1], with any port.";
        }

        if (
            request.Headers.Origin is { Count: > 0 } origin
            && $"http://{request.Host.Value}" is var own
            && !string.Equals(origin.ToString(), own, StringComparison.OrdinalIgnoreCase)
        )
        {
            return $"The local host rejects requests of web pages of other origins: Origin must be {own} or absent.";
        }

        return
            request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site && site.ToString() is not ("same-origin" or "none")
            ? "The local host rejects requests of web pages of other sites or ports: "
                + "Sec-Fetch-Site must be same-origin, none or absent."
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
