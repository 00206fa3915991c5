using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Onramp.Testing;

/// <summary>One request of an exporter.</summary>
/// <param name="Path">The path, which names the kind of telemetry.</param>
/// <param name="Text">The body. Protobuf does not encode texts, so they can be searched.</param>
/// <param name="Authorization">The Authorization header, or null.</param>
public sealed record Received(string Path, string Text, string? Authorization);

/// <summary>Receives telemetry over HTTP: by OTLP (http/protobuf), and like Application Insights.</summary>
public sealed class TelemetryReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private TelemetryReceiver(WebApplication app) => _app = app;

    public string Address =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>The settings that make a program send its telemetry here.</summary>
    public IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };

    public IReadOnlyCollection<Received> Received => _received;

    /// <summary>The status of its responses. Default: 200.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    public static async Task<TelemetryReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        TelemetryReceiver receiver = new(app);
        receiver.Map(app);
        await app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Everything received of one kind, as one text.</summary>
    public string TextOf(string path) =>
        string.Join('\n', _received.Where(received => received.Path == path).Select(static received => received.Text));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map(WebApplication app)
    {
        foreach (var path in (string[])["/v1/traces", "/v1/metrics", "/v1/logs"])
        {
            app.MapPost(
                path,
                (RequestDelegate)(
                    async context =>
                    {
                        context.Response.StatusCode = Status;
                        _received.Enqueue(await ReadAsync(context));
                    }
                )
            );
        }
    }

    /// <summary>Records one request.</summary>
    public static async Task<Received> ReadAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await using var sent =
            context.Request.Headers.ContentEncoding == "gzip"
                ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
                : context.Request.Body;
        await sent.CopyToAsync(body);
        return new Received(
            context.Request.Path,
            Encoding.UTF8.GetString(body.ToArray()),
            context.Request.Headers.Authorization
        );
    }
}
