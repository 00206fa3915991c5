using System.Diagnostics;
using System.Net;

namespace Onramp.Testing.Programs;

/// <summary>Microsoft's emulator of storage, which runs on Node.js. It keeps its rows in memory.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    /// <summary>The account and the key of every emulator.</summary>
    private const string Account = "devstoreaccount1",
        Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int MaxStarts = 3;

    /// <summary>Much longer than needed, so that a fault ends a test instead of hanging it.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _child;

    private AzuriteProcess(ChildProcess child, int port)
    {
        _child = child;
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"TableEndpoint=http://{IPAddress.Loopback}:{port}/{Account};";
    }

    /// <summary>How clients connect to its tables.</summary>
    public string ConnectionString { get; }

    /// <summary>The process id.</summary>
    public int Id => _child.Process.Id;

    /// <summary>Why it cannot be started on this machine; null if it can.</summary>
    /// <param name="program">The path of its main file.</param>
    public static string? MissingPart(string program)
    {
        if (!File.Exists(program))
        {
            return "Azurite is not installed: run npm ci in tests/js/azurite.";
        }

        return InstalledProgram.Exists("node") ? null : "Node.js is not installed, which runs Azurite.";
    }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<AzuriteProcess> StartAsync(string program)
    {
        // It does not report the port that it gets for 0. Another program may take a free port in the meantime.
        for (var attempt = 1; ; attempt++)
        {
            var port = InstalledProgram.FreePort();
            ProcessStartInfo start = new(
                "node",
                [
                    program,
                    "--tableHost",
                    $"{IPAddress.Loopback}",
                    "--tablePort",
                    $"{port}",
                    "--inMemoryPersistence",
                    "--silent",
                    "--disableTelemetry",
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var child = ChildProcess.Start(start);
            var process = child.Process;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            if (await ListensAsync(process.StandardOutput))
            {
                return new AzuriteProcess(child, port);
            }

            child.Dispose();
            if (attempt == MaxStarts)
            {
                throw new InvalidOperationException("Azurite does not start.");
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _child.Dispose();
        return default;
    }

    private static async Task<bool> ListensAsync(StreamReader output)
    {
        using CancellationTokenSource limit = new(StartLimit);
        try
        {
            while (await output.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.Contains("successfully started", StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The caller ends it, and tries another port.
        }

        return false;
    }
}
