using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// A proxy of the environment is used for everything except this machine: [dotnet/runtime#31680],
/// [microsoft/aspire#6743].
/// </summary>
public sealed class ProxyTests
{
    private static readonly string[] Variables =
    [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];

    [Fact]
    public async Task Only_other_machines_are_reached_through_it()
    {
        using Server proxy = new(IPAddress.Loopback, "502 Bad Gateway");
        using Server second = new(IPAddress.Parse("127.0.0.2"), "200 OK");
        using Server sixth = new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, "200 OK");
        using var program = Start(
            proxy,
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector.example/v1/traces"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", $"http://127.0.0.2:{second.Port}"),
            (
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
                Socket.OSSupportsIPv6 ? $"http://[::1]:{sixth.Port}" : $"http://localhost:{sixth.Port}"
            )
        );

        Assert.Equal(HttpStatusCode.OK, await CancelAsync(program));

        Assert.Equal("POST http://collector.example/v1/traces HTTP/1.1", await proxy.FirstAsync());
        Assert.Equal("POST / HTTP/1.1", await second.FirstAsync());
        Assert.Equal("POST / HTTP/1.1", await sixth.FirstAsync());
        Assert.All(
            proxy.Requests,
            static request => Assert.Contains("collector.example", request, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task One_that_is_not_there_is_not_missed()
    {
        Server gone = new(IPAddress.Loopback, "");
        gone.Dispose();
        using Server receiver = new(IPAddress.Loopback, "200 OK");
        using var program = Start(gone, ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://localhost:{receiver.Port}"));

        Assert.Equal(HttpStatusCode.OK, await CancelAsync(program));

        Assert.StartsWith("POST /v1/", await receiver.FirstAsync(), StringComparison.Ordinal);
    }

    private static HostProcess Start(Server proxy, params (string, string)[] settings) =>
        HostProcess.Start(
            "--urls http://127.0.0.1:0",
            [
                .. Variables.Select(variable => (variable, $"http://127.0.0.1:{proxy.Port}")),
                ("NO_PROXY", ""),
                ("no_proxy", ""),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_BSP_SCHEDULE_DELAY", "100"),
                ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
                .. settings,
            ]
        );

    private static async Task<HttpStatusCode> CancelAsync(HostProcess program)
    {
        var line = await program.ReadUntilAsync("listens on");
        using HttpClient client = new()
        {
            BaseAddress = new Uri(line.Split(' ').Single(word => word.StartsWith("http", StringComparison.Ordinal))),
        };
        using StringContent order = new("""{"orderId":"1443"}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/api/orders/cancel", order, RunningHost.Token);
        return answer.StatusCode;
    }

    /// <summary>Responds to every connection with the same status and records the first line.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener;
        private readonly string _status;
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Server(IPAddress address, string status)
        {
            (_listener, _status) = (new TcpListener(address, 0), status);
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = ServeAsync();
        }

        public int Port { get; }

        public ConcurrentQueue<string> Requests { get; } = [];

        /// <summary>Waits for the first line of the first request.</summary>
        public Task<string> FirstAsync() => _first.Task.WaitAsync(RunningHost.Patience, RunningHost.Token);

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }

        private async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                using StreamReader reader = new(client.GetStream(), Encoding.Latin1);
                if (await reader.ReadLineAsync() is { } first)
                {
                    Requests.Enqueue(first);
                    _first.TrySetResult(first);
                    await client
                        .GetStream()
                        .WriteAsync(
                            Encoding.ASCII.GetBytes(
                                $"HTTP/1.1 {_status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            )
                        );
                    while (await reader.ReadAsync(new char[4096]) > 0) { }
                }
            }
        }
    }
}
