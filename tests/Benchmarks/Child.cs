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
    public static async Task<Child> StartAsync(IEnumerable<KeyValuePair<string, string>> settings, params string[] role)
    {
        var started = Start([typeof(Child).Assembly.Location, .. role], settings);
        var address =
            await started.Process.StandardOutput.ReadLineAsync()
            ?? throw await started.FailedAsync($"{role[0]} did not start");
        return new Child(started, new Uri(address));
    }

    /// <summary>Starts the local host as shipped, with logging. Its output is discarded.</summary>
    public static async Task<Child> StartLocalHostAsync(params (string Name, string Value)[] settings)
    {
        var started = Start(
            [Path.Combine(AppContext.BaseDirectory, "OnrampFunctions.LocalHost.dll"), "--urls", "http://127.0.0.1:0"],
            settings.Select(static setting => KeyValuePair.Create(setting.Name, setting.Value))
        );
        var address = await Startup.AddressAsync(started);
        _ = started.Process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new Child(started, address);
    }

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

    /// <summary>Resident memory now and at its peak, in MiB.</summary>
    public (double Now, double Peak) Memory() => MemoryOf(_process.Id);

    /// <summary>The same for any process. Except on Linux, both values are the peak.</summary>
    public static (double Now, double Peak) MemoryOf(int processId)
    {
        var status = $"/proc/{processId}/status";
        if (!File.Exists(status))
        {
            using var process = Process.GetProcessById(processId);
            var peak = process.PeakWorkingSet64 / 1024.0 / 1024.0;
            return (peak, peak);
        }

        var lines = File.ReadAllLines(status);
        return (MiB(lines, "VmRSS:"), MiB(lines, "VmHWM:"));
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

    private static ReportedProcess Start(
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> settings
    )
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return ReportedProcess.Start(start);
    }

    private static double MiB(string[] lines, string name) =>
        double.Parse(
            lines
                .First(line => line.StartsWith(name, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;
}
