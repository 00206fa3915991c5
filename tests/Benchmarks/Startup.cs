using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>How the local host is published.</summary>
internal enum Published
{
    /// <summary>As intermediate code, compiled while it runs.</summary>
    Plain,

    /// <summary>With precompiled code in addition to the intermediate code.</summary>
    ReadyToRun,

    /// <summary>As a native program, which requires gcc or clang.</summary>
    Native,
}

/// <summary>Measures the time from starting the published local host to its first response to a cancel.</summary>
internal static class Startup
{
    /// <summary>Publishes the local host and starts it several times.</summary>
    /// <returns>The median in milliseconds.</returns>
    public static async Task<double> MeasureAsync(string repository, Published how, int starts)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"onramp-benchmark-{Environment.ProcessId}-{how}");
        string[] options = how switch
        {
            Published.ReadyToRun => ReadyToRun,
            Published.Native => ["-p:PublishAot=true"],
            _ => [],
        };
        await PublishAsync(Path.Combine(repository, "tools", "OnrampFunctions.LocalHost"), folder, options);
        var times = new List<double>();
        for (var start = 0; start < starts; start++)
        {
            times.Add(await StartAsync(Path.Combine(folder, "OnrampFunctions.LocalHost")));
        }

        Directory.Delete(folder, recursive: true);
        return times.Order().ElementAt(starts / 2);
    }

    /// <summary>Publishes a Functions app as it is deployed: for one runtime, with precompiled code.</summary>
    /// <returns>Path of its assembly.</returns>
    public static async Task<string> PublishAppAsync(string project, string folder)
    {
        // The measurement does not use the Service Bus extension, and not every feed has it.
        await PublishAsync(
            project,
            folder,
            [
                "--runtime",
                RuntimeInformation.RuntimeIdentifier,
                "--no-self-contained",
                "-p:ServiceBusExtension=declared",
                "-p:PublishDeclared=true",
            ]
        );
        return Path.Combine(folder, $"{Path.GetFileName(project)}.dll");
    }

    private static string[] ReadyToRun =>
        ["--runtime", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "-p:PublishReadyToRun=true"];

    private static async Task PublishAsync(string project, string folder, string[] options)
    {
        await RunAsync(
            "dotnet",
            ["publish", project, "-c", "Release", "-o", folder, "--nologo", "-v", "quiet", .. options]
        );

        // Build servers that keep running would distort the measurement.
        await RunAsync("dotnet", ["build-server", "shutdown"]);
    }

    private static async Task<double> StartAsync(string program)
    {
        var clock = Stopwatch.GetTimestamp();
        var started = ReportedProcess.Start(new ProcessStartInfo(program, ["--urls", "http://127.0.0.1:0"]));
        using var process = started.Process;
        try
        {
            using var http = new HttpClient { BaseAddress = await AddressAsync(started) };
            using var body = new ByteArrayContent("""{"orderId":"1443"}"""u8.ToArray());
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(new Uri("/api/orders/cancel", UriKind.Relative), body);
            response.EnsureSuccessStatusCode();
            return Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
        }
    }

    /// <summary>Reads the banner as far as the address.</summary>
    public static async Task<Uri> AddressAsync(ReportedProcess started)
    {
        while (await started.Process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("listens on", StringComparison.Ordinal))
            {
                return new Uri(
                    line.Split(' ').First(static word => word.StartsWith("http://", StringComparison.Ordinal))
                );
            }
        }

        throw await started.FailedAsync("The local host ended before it listened");
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        var started = ReportedProcess.Start(new ProcessStartInfo(program, arguments));
        using var process = started.Process;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw await started.FailedAsync($"{program} {string.Join(' ', arguments)} failed", output);
        }
    }
}
