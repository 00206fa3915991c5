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
                    bicep[parameters].AppSettings()["Onramp__MaxConcurrentCalls"],
                    CultureInfo.InvariantCulture
                )
        );

    [Fact]
    public void Takes_no_more_messages_into_an_instance_than_it_may_send_on()
    {
        int messages = Repository.Json("host.json").At("extensions", "serviceBus", "maxConcurrentCalls").GetInt32();

        Assert.True(
            messages
                <= int.Parse(bicep["prod"].AppSettings()["Onramp__MaxConcurrentCalls"], CultureInfo.InvariantCulture)
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

    [Fact]
    public void Keeps_the_function_ready_that_reads_the_queue()
    {
        string folder = Repository.PathOf("src/OnrampFunctions");
        if (!Directory.Exists(folder))
        {
            Assert.Skip("There is no function app.");
        }

        string trigger = Assert.Single(
            Directory
                .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Where(f =>
                    !f.Contains(
                        $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                        StringComparison.Ordinal
                    )
                )
                .Select(File.ReadAllText),
            code => code.Contains("[ServiceBusTrigger(", StringComparison.Ordinal)
        );
        Match name = Regex.Match(trigger, """\[Function\((?:nameof\((?<name>\w+)\)|"(?<name>\w+)"|(?<name>\w+))\)\]""");

        Assert.Equal(bicep.Template.Text("parameters", "queueFunctionName", "defaultValue"), name.Groups["name"].Value);
    }

    private JsonElement Scale(string parameters) =>
        bicep[parameters].Only("Microsoft.Web/sites").At("properties", "functionAppConfig", "scaleAndConcurrency");
}
