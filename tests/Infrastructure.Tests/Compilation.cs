using System.Text.Json;
using Infrastructure.Tests;

[assembly: AssemblyFixture(typeof(Compilation))]

namespace Infrastructure.Tests;

/// <summary>
/// Compiles the templates once for all tests, in a copy of their folder. Tests without templates run in the meantime.
/// </summary>
public sealed class Compilation : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("bicep-").FullName;
    private Bicep? compiler;
    private JsonElement template;
    private readonly Dictionary<string, Snapshot> snapshots = [];
    private Snapshot? standby;
    private string diagnostics = "";
    private Task compiling = Task.CompletedTask;

    /// <summary>The diagnostics of the compiler, or empty.</summary>
    public string Diagnostics
    {
        get
        {
            Require();
            return diagnostics;
        }
    }

    /// <summary>The complete ARM template.</summary>
    public JsonElement Template
    {
        get
        {
            Require();
            return template;
        }
    }

    /// <summary>A deployment: <c>dev</c>, <c>prod</c> or one of <see cref="Variants"/>.</summary>
    public Snapshot this[string parameters]
    {
        get
        {
            Require();
            return snapshots[parameters];
        }
    }

    /// <summary>The second app in another region, which has a template of its own.</summary>
    public Snapshot Standby
    {
        get
        {
            Require();
            return standby!;
        }
    }

    /// <summary>Every deployment of <c>main.bicep</c>.</summary>
    public IEnumerable<Snapshot> All
    {
        get
        {
            Require();
            return snapshots.Values;
        }
    }

    public ValueTask InitializeAsync()
    {
        if (Bicep.IsThere)
        {
            compiling = Task.Run(CompileAsync);
        }

        return ValueTask.CompletedTask;
    }

    private void Require()
    {
        if (!Bicep.IsThere)
        {
            Assert.Skip("There is no bicep on the PATH; on 64-bit Linux the tests bring their own.");
        }

        compiling.GetAwaiter().GetResult();
    }

    private async Task CompileAsync()
    {
        CopyInfra();
        compiler = new Bicep(folder);
        string main = await BuildAsync("main.dev.bicepparam");
        await BuildAsync("main.prod.bicepparam");
        string second = await BuildAsync("main.standby.bicepparam");

        // All deployments use what is compiled now.
        await WriteAsync("main.json", main);
        await WriteAsync("standby.json", second);
        template = JsonElement.Parse(main);
        snapshots.Add("dev", await EvaluateFileAsync("dev"));
        snapshots.Add("prod", await EvaluateFileAsync("prod"));
        foreach (var (name, text) in Variants.All)
        {
            snapshots.Add(name, await EvaluateAsync(text));
        }

        standby = await EvaluateFileAsync("standby");
    }

    /// <summary>Compiles the given text as a parameter file for the templates.</summary>
    internal async Task<BicepResult> BuildParametersAsync(string text)
    {
        Require();
        return await compiler!.BuildAsync(await WriteNewAsync(Variants.Using + text));
    }

    /// <summary>
    /// Evaluates the templates with the given text as parameters, as a deployment does before it creates anything.
    /// </summary>
    internal async Task<BicepResult> EvaluateParametersAsync(string text)
    {
        Require();
        return await compiler!.EvaluateAsync(await WriteNewAsync(Variants.Using + text));
    }

    public async ValueTask DisposeAsync()
    {
        await compiling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (compiler is not null)
        {
            await compiler.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Compiles a parameter file and its template, and keeps their diagnostics.</summary>
    private async Task<string> BuildAsync(string file)
    {
        var built = await compiler!.BuildAsync(file);
        diagnostics += built.Diagnostics;
        return Output(built);
    }

    private Task<Snapshot> EvaluateFileAsync(string name) =>
        EvaluateAsync(Repository.Read($"infra/main.{name}.bicepparam"));

    private async Task<Snapshot> EvaluateAsync(string text) =>
        new(JsonElement.Parse(Output(await compiler!.EvaluateAsync(await WriteNewAsync(text)))));

    private static string Output(BicepResult result) =>
        result.Output ?? throw new InvalidOperationException(result.Diagnostics);

    private void CopyInfra()
    {
        string source = Repository.PathOf("infra");
        foreach (
            string file in Directory
                .EnumerateFiles(source, "*.bicep*", SearchOption.AllDirectories)
                .Concat([Path.Combine(source, "bicepconfig.json"), Path.Combine(source, "modules", "workbook.json")])
        )
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>
    /// Writes a parameter file that uses the compiled template: the result is the same in a tenth of the time.
    /// </summary>
    private async Task<string> WriteNewAsync(string text)
    {
        string file = $"{Guid.NewGuid():N}.bicepparam";
        await WriteAsync(file, text.Replace(".bicep'\n", ".json'\n", StringComparison.Ordinal));
        return file;
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
}
