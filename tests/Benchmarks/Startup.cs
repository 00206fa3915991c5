using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Benchmarks;

/// <summary>From starting the published local host to its first answered cancel.</summary>
internal static class Startup
{
    /// <summary>Publishes the local host and starts it several times.</summary>
    /// <returns>The median in milliseconds.</returns>
    public static async Task<double> MeasureAsync(string repository, bool readyToRun, int starts)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"onramp-benchmark-{Environment.ProcessId}-{(readyToRun ? "r2r" : "jit")}");
        string[] options = readyToRun ? ["-r", RuntimeIdentifier, "--self-contained", "false", "-p:PublishReadyToRun=true"] : [];
        await RunAsync("dotnet", ["publish", Path.Combine(repository, "src", "OnrampFunctions.LocalHost"), "-c", "Release", "-o", folder, "--nologo", "-v", "quiet", .. options]);
        var times = new List<double>();
        for (var start = 0; start < starts; start++)
        {
            times.Add(await StartAsync(Path.Combine(folder, "OnrampFunctions.LocalHost.dll")));
        }

        Directory.Delete(folder, recursive: true);
        return times.Order().ElementAt(starts / 2);
    }

    private static string RuntimeIdentifier => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier.Replace("debian.12", "linux", StringComparison.Ordinal);

    private static async Task<double> StartAsync(string assembly)
    {
        var port = FreePort();
        var clock = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, "--urls", $"http://127.0.0.1:{port}"]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            while (!await IsCancelledAsync(http))
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The published local host ended with exit code {process.ExitCode} before it answered.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            }

            return Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
            await output;
        }
    }

    private static async Task<bool> IsCancelledAsync(HttpClient http)
    {
        try
        {
            using var body = new ByteArrayContent("""{"orderId":"1443"}"""u8.ToArray());
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(new Uri("/api/orders/cancel", UriKind.Relative), body);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
        }
    }
}
