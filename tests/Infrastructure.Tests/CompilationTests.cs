using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

public sealed class CompilationTests(Compilation bicep)
{
    private static readonly string[] Documented = ["parameters", "outputs"];

    [Fact]
    public void Compiles_without_a_warning() => Assert.Equal("", bicep.Diagnostics.Trim());

    [Fact]
    public void Leaves_no_module_unused()
    {
        string[] files = Directory.GetFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories);
        string everything = string.Concat(files.Select(File.ReadAllText));

        Assert.All(
            files.Where(f => Path.GetFileName(f) is not ("main.bicep" or "standby.bicep")),
            f => Assert.True(everything.Contains($"{Path.GetFileName(f)}'", StringComparison.Ordinal), f)
        );
    }

    /// <summary>
    /// Some deployment uses every allowed value of a parameter, so that every branch of the templates is evaluated.
    /// </summary>
    [Fact]
    public void Evaluates_every_choice_of_every_parameter()
    {
        string texts = string.Join(
            '\n',
            [
                .. Variants.All.Values,
                Repository.Read("infra/main.dev.bicepparam"),
                Repository.Read("infra/main.prod.bicepparam"),
            ]
        );
        var missing =
            from parameter in bicep.Template.GetProperty("parameters").EnumerateObject()
            from choice in Choices(parameter.Value)
            where !(parameter.Value.TryGetProperty("defaultValue", out var byDefault) && byDefault.ToString() == choice)
            where
                !Regex.IsMatch(
                    texts,
                    $@"param {parameter.Name} = '?{Regex.Escape(choice)}'?(\s|\z)",
                    RegexOptions.IgnoreCase | RegexOptions.Multiline
                )
            select $"{parameter.Name} = {choice}";

        // The same expression for every number and every window.
        Assert.Empty(
            missing.Except([
                "instanceMemoryMB = 512",
                "instanceMemoryMB = 4096",
                "serviceBusPremiumUnits = 2",
                "serviceBusPremiumUnits = 4",
                "serviceBusPremiumUnits = 8",
                "serviceBusPremiumUnits = 16",
                "duplicateDetectionWindow = PT1H",
                "noTrafficWindow = PT1H",
                "noTrafficWindow = P1D",
            ])
        );

        static IEnumerable<string> Choices(JsonElement parameter) =>
            parameter.TryGetProperty("allowedValues", out var values)
                ? values.EnumerateArray().Select(value => value.ToString())
            : parameter.TryGetProperty("type", out var type) && type.GetString() == "bool"
                ? [bool.TrueString, bool.FalseString]
            : [];
    }

    [Fact]
    public async Task Cannot_deploy_values_that_are_out_of_range_or_misspelt()
    {
        BicepResult result = await bicep.BuildParametersAsync(
            """
            param alertEmail = 'none'
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
            """
        );

        Assert.Null(result.Output);
        Assert.All(
            [
                "maximum allowable value is 100",
                "minimum allowable value is 7",
                "type \"1024\"",
                "type \"'Basic'\"",
                "type \"'P30D'\"",
                "\"vaultRetention\" is assigned",
                "\"Onramp__MaxConcurentCalls\" is not allowed",
                "\"Onramp__MaxRetries\" expected",
            ],
            fault => Assert.Contains(fault, result.Diagnostics, StringComparison.Ordinal)
        );
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
