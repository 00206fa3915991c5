using System.Reflection;

namespace Onramp.Cancellation.Tests;

public sealed class LayoutTests
{
    private static readonly string[] Hosts = ["Microsoft.Azure.Functions", "Microsoft.AspNetCore", "Azure.Messaging"];

    private static readonly Assembly Core = typeof(OrderCancellation).Assembly;

    private static readonly Layout Folders = new(
        Core,
        "Onramp.Cancellation",
        "Telemetry",
        "Configuration",
        "Orders",
        "Requests",
        "Messages",
        "CloudEvents",
        "Storage",
        "Secrets",
        "Signing",
        "Callers",
        "Onramp",
        "Cancelling",
        "Outcomes",
        "Records",
        "Timeouts",
        "Queue",
        "Hosting"
    );

    [Fact]
    public void Every_type_is_in_one_of_the_folders() => Assert.Empty(Folders.Strays());

    [Fact]
    public void No_folder_depends_on_one_above_it() => Folders.AssertDownwards();

    [Fact]
    public void The_core_knows_no_Functions_type_no_web_server_and_no_broker() =>
        Assert.DoesNotContain(
            Core.GetReferencedAssemblies(),
            static assembly => Array.Exists(Hosts, start => assembly.Name!.StartsWith(start, StringComparison.Ordinal))
        );

    /// <summary>Proves that the rule can find a violation.</summary>
    [Fact]
    public void What_a_method_uses_inside_is_seen() =>
        Assert.Contains(
            new Layout(Core, "Onramp.Cancellation", "Messages", "Requests").Upwards(),
            static use => use == "Messages.MessageKeys uses Requests.Digest"
        );
}
