using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

public sealed class ScaleTests(Compilation bicep)
{
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Takes_no_more_requests_into_an_instance_than_it_may_send_on(string parameters) =>
        Assert.True(
            Scale(parameters).At("triggers", "http", "perInstanceConcurrency").GetInt32()
                <= int.Parse(
                    bicep[parameters].EffectiveSettings()["Onramp__MaxConcurrentCalls"],
                    CultureInfo.InvariantCulture
                )
        );

    [Fact]
    public void Takes_no_more_messages_into_an_instance_than_it_may_send_on()
    {
        int messages = Repository.Json("host.json").At("extensions", "serviceBus", "maxConcurrentCalls").GetInt32();

        Assert.True(
            messages
                <= int.Parse(
                    bicep["prod"].EffectiveSettings()["Onramp__MaxConcurrentCalls"],
                    CultureInfo.InvariantCulture
                )
        );
    }

    [Fact]
    public void Runs_dotnet_10_isolated_on_flex_consumption()
    {
        JsonElement runtime = bicep["prod"]
            .Only("Microsoft.Web/sites")
            .At("properties", "functionAppConfig", "runtime");

        Assert.Equal(("dotnet-isolated", "10.0"), (runtime.Text("name"), runtime.Text("version")));
        Assert.Equal("FlexConsumption", bicep["prod"].Only("Microsoft.Web/serverfarms").Text("sku", "tier"));
    }

    [Fact]
    public void Scales_to_nothing_in_dev_and_never_in_prod()
    {
        Assert.Empty(Scale("dev").GetProperty("alwaysReady").EnumerateArray());
        Assert.Equal(
            ["http", "function:CancelOrderFromQueue"],
            Scale("prod").GetProperty("alwaysReady").EnumerateArray().Select(i => i.Text("name"))
        );
    }

    /// <summary>If the platform cannot see the subscription, it does not start the recorder reliably.</summary>
    [Fact]
    public void Keeps_the_recorder_ready_where_the_platform_cannot_see_its_subscription() =>
        Assert.Equal(
            ["function:CancelOrderFromQueue", "function:RecordOutcome"],
            Scale("narrow").GetProperty("alwaysReady").EnumerateArray().Select(i => i.Text("name"))
        );

    [Theory]
    [InlineData("%CancelRequestsQueue%", "queueFunctionName")]
    [InlineData("%CancelRecordsSubscription%", "recordsFunctionName")]
    public void Names_the_functions_that_read_messages_as_the_code_does(string source, string parameter)
    {
        string[] code =
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("src/OnrampFunctions"), "*.cs", SearchOption.AllDirectories)
                .Where(f =>
                    !f.Contains(
                        $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                        StringComparison.Ordinal
                    )
                )
                .Select(File.ReadAllText)
                .Where(code => code.Contains($"\"{source}\"", StringComparison.Ordinal)),
        ];
        if (code.Length == 0 && parameter == "recordsFunctionName")
        {
            Assert.Skip("No function reads this subscription yet.");
        }

        Match name = Regex.Match(
            Assert.Single(code),
            """\[Function\((?:nameof\((?<name>\w+)\)|"(?<name>\w+)"|(?<name>\w+))\)\]"""
        );
        Assert.Equal(bicep.Template.Text("parameters", parameter, "defaultValue"), name.Groups["name"].Value);
    }

    private JsonElement Scale(string parameters) =>
        bicep[parameters].Only("Microsoft.Web/sites").At("properties", "functionAppConfig", "scaleAndConcurrency");
}
