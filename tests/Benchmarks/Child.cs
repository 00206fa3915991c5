using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>A part under load, as a process of its own: prints its address first, ends when its standard input does.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;

    private Child(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<Child> StartAsync(params string[] role)
    {
        // By its assembly, since the program that measures may be another than this one: the smoke test.
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in role)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{role[0]} did not start.");
        return new Child(process, new Uri(address));
    }

    /// <summary>Asks the part a question.</summary>
    public async Task<string> AskAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"'{question}' was not answered.");
    }

    /// <summary>Asks the part for a number.</summary>
    public async Task<double> AskNumberAsync(string question) => double.Parse(await AskAsync(question), CultureInfo.InvariantCulture);

    /// <summary>Resident memory now and at its peak, in MiB; Linux only, elsewhere the peak stands for both.</summary>
    public (double Now, double Peak) Memory()
    {
        var status = $"/proc/{_process.Id}/status";
        if (!File.Exists(status))
        {
            _process.Refresh();
            var peak = _process.PeakWorkingSet64 / 1024.0 / 1024.0;
            return (peak, peak);
        }

        var lines = File.ReadAllLines(status);
        return (MiB(lines, "VmRSS:"), MiB(lines, "VmHWM:"));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static double MiB(string[] lines, string name)
        => double.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
