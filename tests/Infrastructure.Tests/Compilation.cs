using System.Text.Json;
using Infrastructure.Tests;

[assembly: AssemblyFixture(typeof(Compilation))]

namespace Infrastructure.Tests;

/// <summary>The templates, compiled once for all tests, in a copy of their folder.</summary>
public sealed class Compilation : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("bicep-").FullName;
    private JsonElement template;
    private Dictionary<string, Snapshot> snapshots = [];

    /// <summary>What the compiler said; empty when all is well.</summary>
    public string Diagnostics { get; private set; } = "";

    /// <summary>The ARM template of everything.</summary>
    public JsonElement Template { get { Require(); return template; } }

    /// <summary>A deployment: <c>dev</c>, <c>prod</c> or one of <see cref="Variants"/>.</summary>
    public Snapshot this[string parameters] { get { Require(); return snapshots[parameters]; } }

    /// <summary>Every deployment.</summary>
    public IEnumerable<Snapshot> All { get { Require(); return snapshots.Values; } }

    public static void Require()
    {
        if (!Bicep.IsThere)
        {
            Assert.Skip("There is no bicep on the PATH; on 64-bit Linux the tests bring their own.");
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Bicep.IsThere)
        {
            return;
        }

        CopyInfra();
        foreach (var (name, text) in Variants.All)
        {
            await WriteAsync($"main.{name}.bicepparam", text);
        }

        BicepResult built = await Bicep.RunAsync(folder, "build", "main.bicep", "--stdout");
        Diagnostics = built.Errors;
        Assert.True(built.ExitCode == 0, built.Errors);
        template = JsonElement.Parse(built.Output);

        string[] names = ["dev", "prod", .. Variants.All.Keys];
        Snapshot[] made = await Task.WhenAll(names.Select(SnapshotAsync));
        snapshots = names.Zip(made).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Compiles a parameter file of the given text against the templates.</summary>
    internal async Task<BicepResult> BuildParametersAsync(string text)
    {
        Require();
        string file = $"{Guid.NewGuid():N}.bicepparam";
        await WriteAsync(file, $"using 'main.bicep'\n{text}\n");
        return await Bicep.RunAsync(folder, "build-params", file, "--stdout");
    }

    /// <summary>Evaluates the templates with parameters of the given text, as a deployment would before it makes anything.</summary>
    internal async Task<BicepResult> EvaluateParametersAsync(string text)
    {
        Require();
        string name = $"{Guid.NewGuid():N}";
        await WriteAsync($"main.{name}.bicepparam", $"using 'main.bicep'\n{text}\n");
        return await EvaluateAsync(name);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<Snapshot> SnapshotAsync(string name)
    {
        BicepResult result = await EvaluateAsync(name);
        Assert.True(result.ExitCode == 0, result.Errors);
        Diagnostics += result.Errors;
        return new Snapshot(JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"main.{name}.snapshot.json"))));
    }

    private Task<BicepResult> EvaluateAsync(string name) => Bicep.RunAsync(
        folder, "snapshot", $"main.{name}.bicepparam", "--mode", "overwrite", "--location", "westeurope",
        "--subscription-id", "00000000-0000-0000-0000-000000000001", "--resource-group", new string('g', 90));

    private void CopyInfra()
    {
        string source = Repository.PathOf("infra");
        foreach (string file in Directory.EnumerateFiles(source, "*.bicep*", SearchOption.AllDirectories).Concat([Path.Combine(source, "bicepconfig.json"), Path.Combine(source, "modules", "workbook.json")]))
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
}
