namespace Onramp.Cancellation.Configuration;

/// <summary>
/// Addresses of servers in settings. An address with more than a host is usually a copy of another one, such as a
/// secret's or a page's.
/// </summary>
internal static class ServerAddress
{
    /// <summary>Whether an address is that of an https server alone, without user, path, query and fragment.</summary>
    public static bool IsHttps(Uri address) => IsServer(address) && address.Scheme == Uri.UriSchemeHttps;

    /// <summary>
    /// Whether an address is that of an http server on this machine alone, without user, path, query and fragment.
    /// </summary>
    public static bool IsLocalHttp(Uri address) =>
        IsServer(address) && address.Scheme == Uri.UriSchemeHttp && address.IsLoopback;

    private static bool IsServer(Uri address) =>
        address.IsAbsoluteUri
        && address.Host.Length > 0
        && address.PathAndQuery == "/"
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0;
}
