using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>
/// The load generator without wrk: prepared bytes over bare sockets; responses are read only up to their length.
/// </summary>
internal static class SocketLoad
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    public static async Task<int> RunAsync(Uri target, int connections, TimeSpan duration)
    {
        var request = Encoding.ASCII.GetBytes(
            $"POST {target.AbsolutePath} HTTP/1.1\r\nHost: {target.Authority}\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {Load.Body.Length}\r\n\r\n{Load.Body}"
        );
        var ticks = new ConcurrentBag<List<long>>();
        var failures = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        List<long> mine = [];
                        TcpClient? client = null;
                        var buffer = new byte[16 * 1024];

                        // At least once, because on a busy machine the time may be over before a connection was used.
                        do
                        {
                            var sent = Stopwatch.GetTimestamp();
                            try
                            {
                                client ??= await ConnectAsync(target);
                                await client.Client.SendAsync(request);
                                if (!await ReadAsync(client.Client, buffer))
                                {
                                    Interlocked.Increment(ref failures);
                                }
                            }
                            catch (Exception exception) when (exception is IOException or SocketException)
                            {
                                // The request failed. The next one opens a new connection.
                                Interlocked.Increment(ref failures);
                                client?.Dispose();
                                client = null;
                            }

                            mine.Add(Stopwatch.GetTimestamp() - sent);
                        } while (Stopwatch.GetElapsedTime(start) < duration);

                        client?.Dispose();
                        ticks.Add(mine);
                    })
                )
        );
        var elapsed = Stopwatch.GetElapsedTime(start);
        var all = ticks.SelectMany(static list => list).Order().ToArray();
        var (p50, p99) = (Milliseconds(all[all.Length / 2]), Milliseconds(all[all.Length * 99 / 100]));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"load {all.Length} {elapsed.TotalSeconds} {p50} {p99} {failures}"
            )
        );
        return 0;
    }

    private static async Task<TcpClient> ConnectAsync(Uri target)
    {
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(target.Host, target.Port);
        return client;
    }

    /// <summary>Reads one response to its end.</summary>
    /// <returns>Whether it is successful.</returns>
    private static async Task<bool> ReadAsync(Socket socket, byte[] buffer)
    {
        var (length, head) = (0, -1);
        while (head < 0 || !IsWhole(buffer.AsSpan(0, length), head))
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                throw new IOException("The connection was closed in the middle of an answer.");
            }

            length += read;
            head = buffer.AsSpan(0, length).IndexOf(EndOfHead);
        }

        return buffer.AsSpan().StartsWith("HTTP/1.1 2"u8);
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer, int head)
    {
        var body = answer[(head + 4)..];

        // The servers of .NET write the name in this case, those of Node in lower case.
        var field = Math.Max(
            answer[..head].IndexOf("Content-Length: "u8),
            answer[..head].IndexOf("content-length: "u8)
        );
        return field < 0
            ? body.EndsWith("0\r\n\r\n"u8)
            : Utf8Parser.TryParse(answer[(field + 16)..], out int length, out _) && body.Length >= length;
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
