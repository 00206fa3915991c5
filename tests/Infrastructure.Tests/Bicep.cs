using System.Diagnostics;

namespace Infrastructure.Tests;

/// <summary>The Bicep command line.</summary>
internal static class Bicep
{
    private static readonly Lazy<string?> Tool = new(Find);

    public static bool IsThere => Tool.Value is not null;

    public static async Task<BicepResult> RunAsync(string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool.Value ?? throw new InvalidOperationException("There is no bicep."), arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ALERT_EMAIL"] = "none";
        start.Environment.Remove("AZURE_PRINCIPAL_ID");
        start.Environment.Remove("AZURE_PRINCIPAL_TYPE");
        // Everything is compiled from local files; an attempt to trace or to reach a registry would be a fault.
        start.Environment["BICEP_TRACING_ENABLED"] = "false";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new BicepResult(process.ExitCode, await output, await errors);
    }

    private static string? Find()
    {
        string packaged = Repository.Metadata("BicepPath");
        if (packaged.Length > 0)
        {
            return File.Exists(packaged) ? packaged : throw new FileNotFoundException("The Bicep package was not restored.", packaged);
        }

        string name = OperatingSystem.IsWindows() ? "bicep.exe" : "bicep";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
