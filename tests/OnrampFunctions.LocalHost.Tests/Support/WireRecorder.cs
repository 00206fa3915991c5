using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// A provider that records one request byte for byte and returns a clear success. It implements only the framing of
/// HTTP.
/// </summary>
public sealed class WireRecorder : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public WireRecorder() => _listener.Start();

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <param name="body">What to answer.</param>
    /// <param name="head">The status and further headers to answer with.</param>
    public Task<RecordedRequest> AnswerOneAsync(string body, string head = "200 OK") =>
        AnswerOneAsync(Encoding.ASCII.GetBytes(body), head);

    /// <inheritdoc cref="AnswerOneAsync(string, string)"/>
    public async Task<RecordedRequest> AnswerOneAsync(byte[] body, string head = "200 OK")
    {
        using var client = await _listener.AcceptTcpClientAsync(RunningHost.Token);
        var stream = client.GetStream();
        StringBuilder received = new();
        var buffer = new byte[8192];
        RecordedRequest? request;
        while ((request = RecordedRequest.TryParse(received.ToString())) is null)
        {
            received.Append(Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer, RunningHost.Token)));
        }

        var answer =
            $"HTTP/1.1 {head}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(
            new byte[][] { Encoding.ASCII.GetBytes(answer), body }
                .SelectMany(static part => part)
                .ToArray(),
            RunningHost.Token
        );
        return request;
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>A request as received.</summary>
public sealed record RecordedRequest(string RequestLine, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static RecordedRequest? TryParse(string text)
    {
        var parts = text.Split("\r\n\r\n", 2);
        if (parts.Length < 2)
        {
            return null;
        }

        var lines = parts[0].Split("\r\n");
        var headers = lines[1..]
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return parts[1].Length < int.Parse(headers["Content-Length"])
            ? null
            : new RecordedRequest(lines[0], headers, parts[1]);
    }
}
