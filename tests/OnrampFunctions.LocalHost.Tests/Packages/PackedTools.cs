using System.Diagnostics;
using System.Reflection;

namespace OnrampFunctions.LocalHost.Tests.Packages;

/// <summary>The packages of this build, in a temporary folder that has a <c>nuget.config</c> of its own.</summary>
public sealed class PackedTools : IAsyncLifetime
{
    /// <summary>The version of the packages.</summary>
    public const string Version = "1.0.0-test";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Where programs find the runtime that runs this test.</summary>
    public static string DotnetRoot { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    /// <summary>The folder of the stranger.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("onramp-cancel-packages").FullName;

    public async ValueTask InitializeAsync()
    {
        // The machine's packages are only read. What is restored besides goes into the folder.
        Write(
            "nuget.config",
            $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="restored" />
              </config>
              <fallbackPackageFolders>
                <add key="machine" value="{Metadata("NuGetPackages")}" />
              </fallbackPackageFolders>
              <packageSources>
                <add key="packed" value="packages" />
              </packageSources>
            </configuration>
            """
        );
        // One process packs both, because each would load all the projects that they share.
        var tools = Path.Combine(Metadata("Repository"), "tools");
        string[] projects =
        [
            Path.Combine(tools, "OnrampFunctions.LocalHost", "OnrampFunctions.LocalHost.csproj"),
            Path.Combine(tools, "ServiceBusEmulator", "ServiceBusEmulator.csproj"),
        ];
        Write(
            "pack.proj",
            $"""
            <Project>
              <Target Name="Pack">
                <MSBuild
                  Projects="{string.Join(';', projects)}"
                  Targets="Pack"
                  Properties="_IsPacking=true;NoBuild=true;Configuration={Metadata(
                "Configuration"
            )};Version={Version};PackageOutputPath={Path.Combine(Folder, "packages")}"
                />
              </Target>
            </Project>
            """
        );
        await RunAsync("dotnet", "msbuild", "pack.proj", "-nologo");
    }

    /// <summary>Reads a file of the repository.</summary>
    public static string ReadText(string path) => File.ReadAllText(Path.Combine(Metadata("Repository"), path));

    /// <summary>Writes a file into the folder.</summary>
    public void Write(string path, string text)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Runs a command in the folder, and returns its output.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using CancellationTokenSource patience = new(Patience);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {await output}{await error}");
        return await output;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Metadata(string key) =>
        typeof(PackedTools)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == key)
            .Value!;
}
