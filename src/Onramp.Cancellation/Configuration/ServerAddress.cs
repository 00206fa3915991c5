namespace Onramp.Cancellation.Configuration;

/// <summary>
/// Addresses of servers in settings. What follows the host is somebody's copy of another address: a secret's, a page's.
/// </summary>
internal static class ServerAddress
{
    /// <summary>
    /// Whether an address is that of an https server and nothing more: no user, path, query or fragment.
    /// </summary>
    public static bool IsHttps(Uri address) => IsServer(address) && address.Scheme == Uri.UriSchemeHttps;

    /// <summary>The same over plain http, on this machine.</summary>
    public static bool IsLocalHttp(Uri address) =>
        IsServer(address) && address.Scheme == Uri.UriSchemeHttp && address.IsLoopback;

    private static bool IsServer(Uri address) =>
        address.IsAbsoluteUri
        && address.Host.Length > 0
        && address.PathAndQuery == "/"
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0;
}
