using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OnrampFunctions.LocalHost.Tests.Packages;

/// <summary>
/// The packages of this build, and a test project that uses one, in a temporary folder that has a <c>nuget.config</c>
/// of its own.
/// </summary>
public sealed partial class PackedTools : IAsyncLifetime
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
        // One process does all of it, because each would load the same projects and compile MSBuild's methods.
        var tools = Path.Combine(Metadata("Repository"), "tools");
        string[] projects =
        [
            Path.Combine(tools, "OnrampFunctions.LocalHost", "OnrampFunctions.LocalHost.csproj"),
            Path.Combine(tools, "ServiceBusEmulator", "ServiceBusEmulator.csproj"),
        ];
        WriteTests();
        Write(
            "all.proj",
            $"""
            <Project>
              <Target Name="All">
                <MSBuild
                  Projects="{string.Join(';', projects)}"
                  Targets="Pack"
                  Properties="_IsPacking=true;NoBuild=true;Configuration={Metadata(
                "Configuration"
            )};Version={Version};PackageOutputPath={Path.Combine(Folder, "packages")}"
                />
                <!-- What a restore writes is only read if the properties differ. -->
                <MSBuild Projects="Tests/Tests.csproj" Targets="Restore" Properties="IsRestoring=true" />
                <MSBuild Projects="Tests/Tests.csproj" />
              </Target>
            </Project>
            """
        );
        await RunAsync("dotnet", "msbuild", "all.proj", "-nologo", "-maxCpuCount:1");
    }

    /// <summary>Reads a file of the repository.</summary>
    private static string ReadText(string path) => File.ReadAllText(Path.Combine(Metadata("Repository"), path));

    /// <summary>Writes a file into the folder.</summary>
    private void Write(string path, string text)
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

    /// <summary>Writes the test project that the README of the emulator describes.</summary>
    private void WriteTests()
    {
        var readme = ReadText("tools/ServiceBusEmulator/README.md");
        Write("Tests/Tests.csproj", TestProject());
        Write("Tests/Config.json", Config().Match(readme).Groups["json"].Value);
        Write("Tests/OrderTests.cs", readme.Split("```csharp")[2].Split("```")[0]);
    }

    private static string TestProject() =>
        $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Azure.Messaging.ServiceBus" Version="{VersionOf(
                "Azure.Messaging.ServiceBus"
            )}" />
                <PackageReference Include="OnrampFunctions.ServiceBusEmulator" Version="{Version}" />
                <PackageReference Include="xunit.v3" Version="{VersionOf("xunit.v3")}" />
                <None Update="Config.json" CopyToOutputDirectory="PreserveNewest" />
              </ItemGroup>
            </Project>
            """;

    private static string VersionOf(string package) =>
        XDocument
            .Parse(ReadText("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Single(version => (string?)version.Attribute("Include") == package)
            .Attribute("Version")!
            .Value;

    private static string Metadata(string key) =>
        typeof(PackedTools)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == key)
            .Value!;

    [GeneratedRegex("""`(?<json>\{"UserConfig".*\})`""")]
    private static partial Regex Config();
}
