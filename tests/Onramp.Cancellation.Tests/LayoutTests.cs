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
        "Texts",
        "Settings",
        "Orders",
        "Messaging",
        "Secrets",
        "Signing",
        "Callers",
        "Onramp",
        "Requests",
        "Cancelling",
        "Outcomes",
        "Queueing",
        "Timeouts",
        "Deliveries",
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

    /// <summary>A rule that finds nothing wrong must be known to find something.</summary>
    [Fact]
    public void What_a_method_uses_inside_is_seen() =>
        Assert.Contains(
            new Layout(Core, "Onramp.Cancellation", "Queueing", "Texts").Upwards(),
            static use => use == "Queueing.MessageAuthenticity uses Texts.Digest"
        );
}
