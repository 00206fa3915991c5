using System.Net.Sockets;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>A connection for handwritten HTTP that no well-behaved client would send.</summary>
public sealed class RawConnection : IDisposable
{
    private readonly NetworkStream _stream;

    private RawConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    public static async Task<RawConnection> OpenAsync(RunningHost host)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host.Host.BaseAddress.Host, host.Host.BaseAddress.Port, RunningHost.Token);
        return new RawConnection(socket);
    }

    /// <summary>
    /// Sends text; <c>\n</c> becomes <c>\r\n</c> up to the first empty line, and the rest is sent unchanged.
    /// </summary>
    public async Task SendAsync(string request)
    {
        var end = request.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? request : request[..(end + 2)];
        await _stream.WriteAsync(
            Encoding.UTF8.GetBytes(head.Replace("\n", "\r\n", StringComparison.Ordinal) + request[head.Length..]),
            RunningHost.Token
        );
    }

    /// <summary>Ends sending, but continues to receive.</summary>
    public void EndSending() => _stream.Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection.</summary>
    public void Reset()
    {
        _stream.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _stream.Socket.Close();
    }

    /// <summary>Reads one response, or only its headers. The status is 0 if the connection ends before.</summary>
    public async Task<(int Status, string Text)> ReadAsync(bool headersOnly = false)
    {
        StringBuilder text = new();
        var buffer = new byte[8192];
        while (!IsWhole(text.ToString(), headersOnly))
        {
            var read = await ReadSomeAsync(buffer);
            if (read == 0)
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        var answer = text.ToString();
        return (answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer[9..12]) : 0, answer);
    }

    public void Dispose() => _stream.Dispose();

    private async Task<int> ReadSomeAsync(byte[] buffer)
    {
        try
        {
            return await _stream
                .ReadAsync(buffer, RunningHost.Token)
                .AsTask()
                .WaitAsync(RunningHost.Patience, RunningHost.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static bool IsWhole(string answer, bool headersOnly) =>
        answer.Split("\r\n\r\n", 2) is [var head, var body]
        && (
            headersOnly
            || (
                head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal)
                    ? body.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
                    : head.Split("Content-Length: ", 2) is not [_, var rest]
                        || Encoding.UTF8.GetByteCount(body) >= int.Parse(rest.Split('\r')[0])
            )
        );
}
