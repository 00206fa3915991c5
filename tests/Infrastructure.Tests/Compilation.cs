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
        foreach (var (name, text) in Variants.All)
        {
            await WriteAsync($"main.{name}.bicepparam", text);
        }

        compiler = new Bicep(folder);
        template = await BuildAsync("main.dev.bicepparam");
        await BuildAsync("main.prod.bicepparam");
        await BuildAsync("main.standby.bicepparam");
        foreach (var name in (string[])["dev", "prod", .. Variants.All.Keys])
        {
            snapshots.Add(name, await EvaluateAsync($"main.{name}.bicepparam"));
        }

        standby = await EvaluateAsync("main.standby.bicepparam");
    }

    /// <summary>Compiles the given text as a parameter file for the templates.</summary>
    internal async Task<BicepResult> BuildParametersAsync(string text)
    {
        Require();
        return await compiler!.BuildAsync(await WriteNewAsync(text));
    }

    /// <summary>
    /// Evaluates the templates with the given text as parameters, as a deployment does before it creates anything.
    /// </summary>
    internal async Task<BicepResult> EvaluateParametersAsync(string text)
    {
        Require();
        return await compiler!.EvaluateAsync(await WriteNewAsync(text));
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
    private async Task<JsonElement> BuildAsync(string file)
    {
        var built = await compiler!.BuildAsync(file);
        diagnostics += built.Diagnostics;
        return Read(built);
    }

    private async Task<Snapshot> EvaluateAsync(string file) => new(Read(await compiler!.EvaluateAsync(file)));

    private static JsonElement Read(BicepResult result) =>
        JsonElement.Parse(result.Output ?? throw new InvalidOperationException(result.Diagnostics));

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

    private async Task<string> WriteNewAsync(string text)
    {
        string file = $"{Guid.NewGuid():N}.bicepparam";
        await WriteAsync(file, $"using 'main.bicep'\n{text}\n");
        return file;
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(folder, file), text);
}
