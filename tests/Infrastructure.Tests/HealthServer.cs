using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Infrastructure.Tests;

/// <summary>An app whose health endpoint returns one status after another, and then always the last one.</summary>
internal sealed class HealthServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int[] statuses;
    private int asked;

    public HealthServer(params int[] statuses)
    {
        this.statuses = statuses;
        listener.Start();
        _ = AnswerAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/api/health";

    public int Asked => Volatile.Read(ref asked);

    public void Dispose() => listener.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                NetworkStream stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                int status = statuses[Math.Min(Interlocked.Increment(ref asked), statuses.Length) - 1];
                const string Body = """{"type":"urn:onramp-cancel:problem:not-ready"}""";
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"HTTP/1.1 {status} x\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"
                    )
                );
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            // The test has ended.
        }
    }
}
