using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StreamJsonRpc;

namespace Infrastructure.Tests;

/// <summary>
/// The Bicep compiler, started once for all tests, because a start takes ten times as long as a response.
/// </summary>
internal sealed class Bicep : IAsyncDisposable
{
    private static readonly Lazy<string?> Tool = new(Find);

    private readonly string folder;
    private readonly ChildProcess process;
    private readonly JsonRpc rpc;

    /// <param name="folder">The folder of the files.</param>
    public Bicep(string folder)
    {
        this.folder = folder;
        var start = new ProcessStartInfo(
            Tool.Value ?? throw new InvalidOperationException("There is no bicep."),
            ["jsonrpc", "--stdio"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ALERT_EMAIL"] = "none";
        start.Environment["PRIMARY_TOKEN"] = "abcdefghijklm";
        start.Environment.Remove("AZURE_PRINCIPAL_ID");
        start.Environment.Remove("AZURE_PRINCIPAL_TYPE");
        // Everything is compiled from local files. Tracing or using a registry would be an error.
        start.Environment["BICEP_TRACING_ENABLED"] = "false";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        // The process is too short-lived for its code to be compiled twice.
        start.Environment["DOTNET_TieredCompilation"] = "0";

        process = ChildProcess.Start(start);
        rpc = new JsonRpc(
            new HeaderDelimitedMessageHandler(
                process.Process.StandardInput.BaseStream,
                process.Process.StandardOutput.BaseStream,
                new SystemTextJsonFormatter
                {
                    JsonSerializerOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web)
                    {
                        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
                    },
                }
            )
        );
        rpc.StartListening();
    }

    public static bool IsThere => Tool.Value is not null;

    /// <summary>Compiles a parameter file and its template.</summary>
    public async Task<BicepResult> BuildAsync(string file)
    {
        var answer = await AskAsync(
            "bicep/compileParams",
            file,
            new() { ["parameterOverrides"] = new Dictionary<string, string>() }
        );
        return new(
            answer.TryGetProperty("template", out var text) ? text.GetString() : null,
            string.Concat(
                answer
                    .GetProperty("diagnostics")
                    .EnumerateArray()
                    .Select(one =>
                        $"{one.Text("source")}: {one.Text("level")} {one.Text("code")}: {one.Text("message")}\n"
                    )
            )
        );
    }

    /// <summary>
    /// Evaluates a template with a parameter file, as a deployment does before it creates anything. The result has
    /// errors, but no warnings.
    /// </summary>
    public async Task<BicepResult> EvaluateAsync(string file)
    {
        try
        {
            var metadata = new Dictionary<string, string>
            {
                ["location"] = "westeurope",
                ["subscriptionId"] = "00000000-0000-0000-0000-000000000001",
                ["resourceGroup"] = new('g', 90),
            };
            var answer = await AskAsync("bicep/getSnapshot", file, new() { ["metadata"] = metadata });
            return new(answer.Text("snapshot"), "");
        }
        catch (RemoteInvocationException exception) when (exception.Message == "Compilation failed")
        {
            // The snapshot does not say why.
            return await BuildAsync(file);
        }
        catch (RemoteInvocationException exception)
        {
            return new(null, exception.Message);
        }
    }

    public ValueTask DisposeAsync()
    {
        rpc.Dispose();
        process.Dispose();
        return default;
    }

    private Task<JsonElement> AskAsync(string method, string file, Dictionary<string, object?> parameters)
    {
        parameters["path"] = Path.Combine(folder, file);
        return rpc.InvokeWithParameterObjectAsync<JsonElement>(
            method,
            parameters,
            TestContext.Current.CancellationToken
        );
    }

    private static string? Find()
    {
        string packaged = Repository.Metadata("BicepPath");
        if (packaged.Length > 0)
        {
            return File.Exists(packaged)
                ? packaged
                : throw new FileNotFoundException("The Bicep package was not restored.", packaged);
        }

        string name = OperatingSystem.IsWindows() ? "bicep.exe" : "bicep";
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
