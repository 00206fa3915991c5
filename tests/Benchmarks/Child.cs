using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>
/// A measured part, in its own process. A role of this program first prints its address and exits when its standard
/// input ends.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly ReportedProcess _reported;
    private readonly Process _process;

    private Child(ReportedProcess reported, Uri address)
    {
        (_reported, _process) = (reported, reported.Process);
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Processor time so far.</summary>
    public TimeSpan Cpu => CpuOf(_process.Id);

    /// <summary>Starts this program in a role.</summary>
    public static Task<Child> StartAsync(params string[] role) => StartAsync([], role);

    /// <summary>Starts this program in a role, with settings in the environment.</summary>
    public static Task<Child> StartAsync(
        IEnumerable<KeyValuePair<string, string>> settings,
        params IEnumerable<string> role
    ) => StartAsync("dotnet", [typeof(Child).Assembly.Location, .. role], settings, Whole);

    /// <summary>Starts the local host as shipped, with logging. Its output is discarded.</summary>
    public static async Task<Child> StartLocalHostAsync(params (string Name, string Value)[] settings)
    {
        var host = await StartAsync(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "OnrampFunctions.LocalHost.dll"), "--urls", "http://127.0.0.1:0"],
            settings.Select(static setting => KeyValuePair.Create(setting.Name, setting.Value)),
            InBanner
        );
        _ = host._process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return host;
    }

    /// <summary>Starts a program of Node.</summary>
    public static Task<Child> StartNodeAsync(string script, Uri upstream) =>
        StartAsync("node", [script, upstream.ToString()], [new("NODE_ENV", "production")], Whole);

    /// <summary>Asks the part a question.</summary>
    public async Task<string> AskAsync(string question)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(question);
        }
        catch (IOException)
        {
            // The process has exited, so there will be no answer.
        }

        return await _process.StandardOutput.ReadLineAsync()
            ?? throw await _reported.FailedAsync($"'{question}' was not answered");
    }

    /// <summary>Asks the part for a number.</summary>
    public async Task<double> AskNumberAsync(string question) =>
        double.Parse(await AskAsync(question), CultureInfo.InvariantCulture);

    /// <summary>The peak of the resident memory of any process, in MiB.</summary>
    public static double PeakMemoryOf(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.PeakWorkingSet64 / 1024.0 / 1024.0;
    }

    /// <summary>Processor time of any process so far.</summary>
    public static TimeSpan CpuOf(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.StartInfo.ArgumentList[0].EndsWith("Benchmarks.dll", StringComparison.Ordinal))
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Child> StartAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> settings,
        Func<string, string?> address
    )
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var started = ReportedProcess.Start(start);
        while (await started.Process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (address(line) is { } found)
            {
                return new Child(started, new Uri(found));
            }
        }

        throw await started.FailedAsync($"{program} {string.Join(' ', start.ArgumentList)} did not start");
    }

    private static string Whole(string line) => line;

    private static string? InBanner(string line) =>
        line.Contains("listens on", StringComparison.Ordinal)
            ? line.Split(' ').First(static word => word.StartsWith("http://", StringComparison.Ordinal))
            : null;
}
