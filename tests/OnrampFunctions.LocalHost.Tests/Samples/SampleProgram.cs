using System.Diagnostics;
using System.Reflection;

namespace OnrampFunctions.LocalHost.Tests.Samples;

/// <summary>A program in the folder <c>samples</c>, which runs as its first comment says.</summary>
internal sealed class SampleProgram : IDisposable
{
    /// <summary>Much longer than needed: compilers and virtual machines start while other tests run.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly string[] Folders =
    [
        "csharp/storefront",
        "csharp/order-system",
        "typescript",
        "python",
        "java",
    ];

    private static readonly string TypeScript = Path.Combine(Metadata("Samples"), "typescript");
    private static readonly Lazy<Task> Compiled = new(CompileAsync);

    private readonly Process _process;

    private SampleProgram(Process process) => _process = process;

    /// <summary>Why a sample cannot run on this machine; null if it can.</summary>
    public static string? MissingPart(string language) =>
        language switch
        {
            "csharp" => null,
            "typescript" when !InstalledProgram.Exists("node") => "Node.js is not installed.",
            "typescript" when !File.Exists(Compiler) =>
                "TypeScript is not installed: run npm ci in samples/typescript.",
            "typescript" => null,
            "python" => InstalledProgram.Exists("python3") ? null : "Python is not installed.",
            "java" => InstalledProgram.Exists("javac") ? null : "A JDK is not installed.",
            _ => throw new ArgumentOutOfRangeException(nameof(language), language, null),
        };

    /// <summary>Starts a sample.</summary>
    public static async Task<SampleProgram> StartAsync(
        string language,
        string name,
        IReadOnlyList<string> arguments,
        params (string Name, string Value)[] environment
    )
    {
        if (language == "typescript")
        {
            await Compiled.Value;
        }

        var (program, file) = (language, name) switch
        {
            ("csharp", "storefront") => ("dotnet", Metadata("Storefront")),
            ("csharp", "order-system") => ("dotnet", Metadata("OrderSystem")),
            ("typescript", _) => ("node", Path.Combine(TypeScript, "artifacts", $"{name}.js")),
            ("python", _) => ("python3", Path.Combine(Metadata("Samples"), "python", $"{name}.py")),
            ("java", "storefront") => ("java", Path.Combine(Metadata("Samples"), "java", "Storefront.java")),
            _ => throw new ArgumentOutOfRangeException(nameof(name), $"{language}/{name}", null),
        };
        // The program is too short-lived for optimised code and parallel garbage collection to pay off.
        string[] options = language == "java" ? ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] : [];
        return new SampleProgram(Start(program, [.. options, file, .. arguments], environment));
    }

    /// <summary>The files of all samples with their numbers of lines.</summary>
    public static IEnumerable<(string File, int Lines)> Sources() =>
        Folders
            .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Metadata("Samples"), folder)))
            .Where(static file => Path.GetExtension(file) is ".cs" or ".ts" or ".py" or ".java")
            .Select(static file => (file, File.ReadLines(file).Count()));

    /// <summary>Reads the output up to a line.</summary>
    public async Task ReadUntilAsync(string expected)
    {
        using CancellationTokenSource patience = new(Patience);
        List<string> read = [];
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            read.Add(line);
            if (line == expected)
            {
                return;
            }
        }

        var error = await _process.StandardError.ReadToEndAsync(patience.Token);
        Assert.Fail($"The sample ended without '{expected}': {string.Join('\n', read)}\n{error}");
    }

    /// <summary>Waits for the end, and returns the lines of the output.</summary>
    public async Task<string[]> EndAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        var output = _process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = _process.StandardError.ReadToEndAsync(patience.Token);
        await _process.WaitForExitAsync(patience.Token);
        Assert.True(_process.ExitCode == 0, await error);
        return (await output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static string Compiler => Path.Combine(TypeScript, "node_modules", "typescript", "bin", "tsc");

    private static async Task CompileAsync()
    {
        using SampleProgram compiler = new(Start("node", [Compiler, "-p", TypeScript], []));
        await compiler.EndAsync();
    }

    private static Process Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyList<(string Name, string Value)> environment
    )
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_PROXY"] = "localhost,127.0.0.1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string Metadata(string key) =>
        typeof(SampleProgram)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == key)
            .Value!;
}
