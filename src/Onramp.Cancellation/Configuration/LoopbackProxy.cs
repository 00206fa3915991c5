using System.Net;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// Excludes this machine from the proxy of the environment or the system. .NET sends requests to loopback addresses
/// through it unless <c>NO_PROXY</c> lists them, and a proxy on another machine cannot serve them. All other requests
/// still use the proxy.
/// </summary>
public static class LoopbackProxy
{
    // Azure.Core reads the variables itself, compares whole hosts and writes IPv6 addresses in brackets.
    private static readonly string[] Hosts = ["localhost", ".localhost", "127.0.0.1", "[::1]"];

    private static readonly Lock Gate = new();
    private static bool _isBypassed;

    /// <summary>
    /// Applies to every HTTP client of the process and of its child processes. Call it before the first client is
    /// created.
    /// </summary>
    public static void Bypass()
    {
        lock (Gate)
        {
            if (_isBypassed)
            {
                return;
            }

            _isBypassed = true;
            foreach (var variable in (string[])["NO_PROXY", "no_proxy"])
            {
                Environment.SetEnvironmentVariable(variable, WithLoopback(Listed(variable)));
            }

            HttpClient.DefaultProxy = new ExceptLoopback(HttpClient.DefaultProxy);
        }
    }

    /// <summary>Whether an address is on this machine, by name (RFC 6761, section 6.3) or by number.</summary>
    internal static bool IsLoopback(Uri address)
    {
        var host = address.IdnHost.TrimEnd('.');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var number) && IsLoopback(number));
    }

    private static bool IsLoopback(IPAddress number) =>
        IPAddress.IsLoopback(number.IsIPv4MappedToIPv6 ? number.MapToIPv4() : number);

    /// <summary>
    /// The value of a variable, or else of the one in the other case: curl and Python read lower case first, other
    /// programs upper case.
    /// </summary>
    private static string? Listed(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } listed
            ? listed
            : Environment.GetEnvironmentVariable(variable == "NO_PROXY" ? "no_proxy" : "NO_PROXY");

    private static string WithLoopback(string? listed)
    {
        string[] hosts =
            listed?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return string.Join(',', hosts.Union(Hosts, StringComparer.OrdinalIgnoreCase));
    }

    private sealed class ExceptLoopback(IWebProxy proxy) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => proxy.Credentials;
            set => proxy.Credentials = value;
        }

        public Uri? GetProxy(Uri destination) => IsLoopback(destination) ? null : proxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => IsLoopback(host) || proxy.IsBypassed(host);
    }
}
