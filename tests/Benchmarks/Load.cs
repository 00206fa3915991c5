using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>The result of one round.</summary>
/// <param name="Requests">Answered requests.</param>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="P50">Median duration in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
internal sealed record LoadResult(long Requests, double PerSecond, double P50, double P99)
{
    /// <summary>Messages, whose durations are not measured.</summary>
    public static LoadResult OfMessages(int count, double milliseconds) =>
        new(count, count / milliseconds * 1000, double.NaN, double.NaN);
}

/// <summary>
/// A fixed number of connections to each server, each of which sends the next cancel after the last response. The load comes from
/// another process: wrk if it is installed, because it costs least, otherwise this program in the role <c>load</c>.
/// </summary>
internal sealed class Load : IDisposable
{
    public const string Path = "/api/orders/cancel";
    public const string Body = """{"orderId":"1443"}""";

    private const int Connections = 32;

    // Prints the same as the role "load": requests, seconds, p50 and p99 in milliseconds, failures.
    private const string WrkScript = $$"""
        wrk.method = "POST"
        wrk.body = '{{Body}}'
        wrk.headers["Content-Type"] = "application/json"
        function done(summary, latency, requests)
          io.write(string.format("load %d %f %f %f %d\n",
            summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
            summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
              + summary.errors.timeout))
        end
        """;

    private static readonly TimeSpan LongestRepetition = TimeSpan.FromMinutes(1);

    private readonly string? _wrk = Programs.Find("wrk");
    private readonly string _script = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(),
        $"onramp-benchmark-{Environment.ProcessId}.lua"
    );

    public Load() => File.WriteAllText(_script, WrkScript);

    /// <summary>The name of the load generator, for the report.</summary>
    public string Generator => _wrk is null ? "sockets of its own process" : "wrk";

    /// <summary>Failed requests so far, including those whose connection was closed.</summary>
    public long Failures { get; private set; }

    /// <summary>Loads some servers at once.</summary>
    public async Task<LoadResult> RunAsync(TimeSpan duration, params IReadOnlyList<Uri> servers)
    {
        var results = await Task.WhenAll(servers.Select(server => RunAsync(server, Connections, duration)));
        Failures += results.Sum(static result => result.Failures);
        return new LoadResult(
            results.Sum(static result => result.Load.Requests),
            results.Sum(static result => result.Load.PerSecond),
            results.Average(static result => result.Load.P50),
            results.Max(static result => result.Load.P99)
        );
    }

    public void Dispose() => File.Delete(_script);

    /// <summary>Repeats a round that is too short for any answer, as on a busy machine, with twice the time.</summary>
    private async Task<(LoadResult Load, long Failures)> RunAsync(Uri server, int connections, TimeSpan duration)
    {
        while (true)
        {
            var result = await RunOnceAsync(server, connections, duration);
            if (result.Load.Requests > 0)
            {
                return result;
            }

            duration =
                duration * 2 < LongestRepetition
                    ? duration * 2
                    : throw new InvalidOperationException($"{server} did not answer within {duration}.");
        }
    }

    private async Task<(LoadResult Load, long Failures)> RunOnceAsync(Uri server, int connections, TimeSpan duration)
    {
        var target = new Uri(server, Path).ToString();
        var start = _wrk is null
            ? new ProcessStartInfo(
                "dotnet",
                [typeof(Load).Assembly.Location, "load", target, $"{connections}", $"{duration.TotalMilliseconds:0}"]
            )
            : new ProcessStartInfo(
                _wrk,
                [
                    "--threads",
                    "1",
                    "--connections",
                    $"{connections}",
                    "--duration",
                    $"{Math.Ceiling(duration.TotalSeconds)}",
                    "--timeout",
                    "10",
                    "--script",
                    _script,
                    target,
                ]
            );
        var started = ReportedProcess.Start(start);
        using var process = started.Process;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line =
            output.Split('\n').FirstOrDefault(static line => line.StartsWith("load ", StringComparison.Ordinal))
            ?? throw await started.FailedAsync($"The load on {target} failed", output);
        var figures = line.Split(' ')
            .Skip(1)
            .Select(static figure => double.Parse(figure, CultureInfo.InvariantCulture))
            .ToArray();
        var (requests, failures) = ((long)figures[0], (long)figures[4]);
        return requests == 0 || failures < requests
            ? (new LoadResult(requests, requests / figures[1], figures[2], figures[3]), failures)
            : throw await started.FailedAsync($"All {failures} requests to {target} failed", output);
    }
}
