using System.Text.Json;
using Infrastructure.Tests;

[assembly: AssemblyFixture(typeof(Compilation))]

namespace Infrastructure.Tests;

/// <summary>The templates, compiled once for all tests, in a copy of their folder.</summary>
public sealed class Compilation : IAsyncLifetime
{
    /// <summary>The longest names and the widest choices that the parameters allow.</summary>
    private const string Extremes = """
        using 'main.bicep'
        param queueName = 'QUEUE'
        param topicName = 'TOPIC'
        param receiverScope = 'namespace'
        param serviceBusSku = 'Premium'
        param zoneRedundant = true
        param alertEmail = 'someone@example.com'
        param noTrafficWindow = 'PT6H'
        param tuning = { Onramp__MaxConcurrentCalls: '60' }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("bicep-").FullName;
    private JsonElement template;
    private Dictionary<string, Snapshot> snapshots = [];

    /// <summary>What the compiler said; empty when all is well.</summary>
    public string Diagnostics { get; private set; } = "";

    /// <summary>The ARM template of everything.</summary>
    public JsonElement Template { get { Require(); return template; } }

    /// <summary>A deployment: <c>dev</c>, <c>prod</c> or <c>extremes</c>.</summary>
    public Snapshot this[string parameters] { get { Require(); return snapshots[parameters]; } }

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
        await WriteAsync("main.extremes.bicepparam", Extremes.Replace("QUEUE", new string('q', 260)).Replace("TOPIC", new string('t', 260)));
        BicepResult built = await Bicep.RunAsync(folder, "build", "main.bicep", "--stdout");
        Diagnostics = built.Errors;
        Assert.True(built.ExitCode == 0, built.Errors);
        template = JsonElement.Parse(built.Output);

        Snapshot[] made = await Task.WhenAll(SnapshotAsync("dev"), SnapshotAsync("prod"), SnapshotAsync("extremes"));
        snapshots = new() { ["dev"] = made[0], ["prod"] = made[1], ["extremes"] = made[2] };
    }

    /// <summary>Compiles a parameter file of the given text against the templates.</summary>
    internal async Task<BicepResult> BuildParametersAsync(string text)
    {
        Require();
        string file = $"{Guid.NewGuid():N}.bicepparam";
        await WriteAsync(file, $"using 'main.bicep'\n{text}\n");
        return await Bicep.RunAsync(folder, "build-params", file, "--stdout");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<Snapshot> SnapshotAsync(string name)
    {
        BicepResult result = await Bicep.RunAsync(
            folder, "snapshot", $"main.{name}.bicepparam", "--mode", "overwrite", "--location", "westeurope",
            "--subscription-id", "00000000-0000-0000-0000-000000000001", "--resource-group", new string('g', 90));
        Assert.True(result.ExitCode == 0, result.Errors);
        Diagnostics += result.Errors;
        return new Snapshot(JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"main.{name}.snapshot.json"))));
    }

    private void CopyInfra()
    {
        string source = Repository.PathOf("infra");
        foreach (string file in Directory.EnumerateFiles(source, "*.bicep*", SearchOption.AllDirectories).Append(Path.Combine(source, "bicepconfig.json")))
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
}
