namespace Infrastructure.Tests;

public sealed class CompilationTests(Compilation bicep)
{
    private static readonly string[] Documented = ["parameters", "outputs"];

    [Fact]
    public void Compiles_without_a_warning()
    {
        Compilation.Require();
        Assert.Equal("", bicep.Diagnostics.Trim());
    }

    [Fact]
    public void Leaves_no_module_unused()
    {
        string[] files = Directory.GetFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories);
        string everything = string.Concat(files.Select(File.ReadAllText));

        Assert.All(
            files.Where(f => Path.GetFileName(f) != "main.bicep"),
            f => Assert.True(everything.Contains($"{Path.GetFileName(f)}'", StringComparison.Ordinal), f));
    }

    [Fact]
    public async Task Cannot_deploy_what_is_out_of_bounds_or_misspelt()
    {
        BicepResult result = await bicep.BuildParametersAsync(
            """
            param alwaysReadyHttp = 101
            param vaultRetentionInDays = 6
            param instanceMemoryMB = 1024
            param serviceBusSku = 'Basic'
            param duplicateDetectionWindow = 'P30D'
            param vaultRetention = 7
            param tuning = {
              Onramp__MaxConcurentCalls: '10'
              Onramp__MaxRetries: 3
            }
            """);

        Assert.NotEqual(0, result.ExitCode);
        Assert.All(
            ["maximum allowable value is 100", "minimum allowable value is 7", "type \"1024\"", "type \"'Basic'\"", "type \"'P30D'\"",
             "\"vaultRetention\" is assigned", "\"Onramp__MaxConcurentCalls\" is not allowed", "\"Onramp__MaxRetries\" expected"],
            fault => Assert.Contains(fault, result.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public void Describes_every_parameter_and_output()
    {
        var undescribed =
            from section in Documented
            from entry in bicep.Template.GetProperty(section).EnumerateObject()
            where !entry.Value.TryGetProperty("metadata", out var metadata) || metadata.Text("description").Length < 10
            select entry.Name;

        Assert.Empty(undescribed);
    }
}
