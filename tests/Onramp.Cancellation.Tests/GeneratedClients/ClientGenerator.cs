using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace Onramp.Cancellation.Tests.GeneratedClients;

/// <summary>
/// C# clients that other people's tools generate from the OpenAPI document, each compiled once together with a caller.
/// </summary>
public sealed class ClientGenerator : IAsyncLifetime
{
    private const string Namespace = "Made";

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Dictionary<string, Type> _callers = [];

    /// <summary>The tools with their JSON libraries.</summary>
    public static TheoryData<string> Tools => ["NSwag, Newtonsoft.Json", "NSwag, System.Text.Json", "Kiota"];

    public async ValueTask InitializeAsync()
    {
        await using var service = await Service.StartAsync();
        var document = (
            await service.SendAsync(
                new ContractRequest
                {
                    Method = "GET",
                    Path = "/api/openapi.json",
                    ContentType = null,
                }
            )
        ).Body;
        var kiota = WriteByKiotaAsync(document);
        _callers["NSwag, Newtonsoft.Json"] = Compile(
            "NSwagCaller.cs",
            await WriteByNSwagAsync(document, CSharpJsonLibrary.NewtonsoftJson)
        );
        _callers["NSwag, System.Text.Json"] = Compile(
            "NSwagCaller.cs",
            await WriteByNSwagAsync(document, CSharpJsonLibrary.SystemTextJson),
            ReadSource("NSwagReflection.cs")
        );
        _callers["Kiota"] = Compile("KiotaCaller.cs", await kiota);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Creates a caller that uses the client of a tool.</summary>
    public GeneratedCaller Caller(string tool, HttpClient http) => new(Activator.CreateInstance(_callers[tool], http)!);

    private static async Task<string> WriteByNSwagAsync(string document, CSharpJsonLibrary json)
    {
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "CancellationClient",

            // Since version 9 System.Text.Json supports names of enumeration values that differ from their members.
            CSharpGeneratorSettings =
            {
                Namespace = Namespace,
                JsonLibrary = json,
                JsonLibraryVersion = 10,
            },
        };
        return new CSharpClientGenerator(await OpenApiDocument.FromJsonAsync(document), settings).GenerateFile();
    }

    private static async Task<string[]> WriteByKiotaAsync(string document)
    {
        var folder = Directory.CreateTempSubdirectory("kiota-client-");
        try
        {
            var (contract, output) = (
                Path.Combine(folder.FullName, "openapi.json"),
                Path.Combine(folder.FullName, "client")
            );
            await File.WriteAllTextAsync(contract, document);
            var tool = typeof(ClientGenerator)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(static attribute => attribute.Key == "Kiota")
                .Value!;
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    tool,
                    "generate",
                    "--language",
                    "CSharp",
                    "--openapi",
                    contract,
                    "--output",
                    output,
                    "--class-name",
                    "CancellationClient",
                    "--namespace-name",
                    Namespace,
                ]
            )
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["KIOTA_CLI_TELEMETRY_OPTOUT"] = "true",
                    ["KIOTA_OFFLINE_ENABLED"] = "true",
                    ["KIOTA_TUTORIAL_ENABLED"] = "false",

                    // The process is too short-lived for profiling to pay off.
                    ["DOTNET_TieredPGO"] = "0",
                },
            };
            using var child = ChildProcess.Start(start);
            var process = child.Process;
            var said = await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(),
                process.StandardError.ReadToEndAsync()
            );
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"Kiota failed: {string.Concat(said)}");
            return [.. Directory.EnumerateFiles(output, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string ReadSource(string file) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "GeneratedClients", "Callers", file));

    private static Type Compile(string caller, params IEnumerable<string> client)
    {
        var sources = client.Append(ReadSource(caller));
        var compilation = CSharpCompilation.Create(
            $"Client{Guid.NewGuid():N}",
            sources.Select(static source => CSharpSyntaxTree.ParseText(source)),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using var image = new MemoryStream();
        Assert.Empty(
            compilation
                .Emit(image)
                .Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(static error => error.ToString())
        );
        image.Position = 0;
        return new AssemblyLoadContext(caller)
            .LoadFromStream(image)
            .GetType($"{Namespace}.Caller", throwOnError: true)!;
    }
}

/// <summary>A caller whose type is only known at run time.</summary>
public sealed class GeneratedCaller(dynamic caller)
{
    public Task<string> CancelAsync(long orderId) => caller.CancelAsync(orderId);

    public Task<string> CancelByHashAsync(string hash) => caller.CancelByHashAsync(hash);

    public Task<string> DeferAsync(long orderId) => caller.DeferAsync(orderId);

    public Task<string> ArmAsync(string order, string? after, DateTimeOffset? at, bool? whenExpired) =>
        caller.ArmAsync(order, after, at, whenExpired);

    public Task<string> RequestAsync(string id) => caller.RequestAsync(id);

    public Task<string> OutcomesAsync(string order) => caller.OutcomesAsync(order);

    public Task<string> FailAsync(long? orderId, string? hash) => caller.FailAsync(orderId, hash);
}
