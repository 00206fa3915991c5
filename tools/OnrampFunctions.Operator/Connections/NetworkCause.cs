using System.Net.Sockets;
using System.Security.Authentication;

namespace OnrampFunctions.Operator.Connections;

/// <summary>Finds the cause of a connection error in its chain of exceptions.</summary>
internal static class NetworkCause
{
    /// <summary>The cause in a few words.</summary>
    public static string Of(Exception fault) =>
        fault switch
        {
            _ when Find<AuthenticationException>(fault) is not null => "no trusted TLS connection",
            _ when Find<SocketException>(fault) is { } socket => Of(socket.SocketErrorCode),
            _ when Find<HttpRequestException>(fault) is { } http => Of(http.HttpRequestError),
            _ => "no response",
        };

    /// <summary>Finds an exception of a type in the chain of inner exceptions.</summary>
    public static T? Find<T>(Exception? fault)
        where T : Exception =>
        fault switch
        {
            null => null,
            T found => found,
            AggregateException several => several
                .InnerExceptions.Select(Find<T>)
                .FirstOrDefault(static found => found is not null),
            _ => Find<T>(fault.InnerException),
        };

    /// <summary>The first line of a message.</summary>
    public static string FirstLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    private static string Of(SocketError error) =>
        error switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name does not exist",
            SocketError.ConnectionRefused => "the connection was refused",
            SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was reset",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
                "no route to the host",
            _ => "no response",
        };

    private static string Of(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => "the name does not exist",
            HttpRequestError.SecureConnectionError => "no trusted TLS connection",
            HttpRequestError.ProxyTunnelError => "the proxy refused the connection",
            _ => "no response",
        };
}
