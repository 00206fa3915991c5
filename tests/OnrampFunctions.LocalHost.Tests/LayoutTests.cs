namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The parts that simulate Azure and the provider do not depend on the host that combines them.</summary>
public sealed class LayoutTests
{
    private static readonly Layout Folders = new(
        typeof(LocalApp).Assembly,
        "OnrampFunctions.LocalHost",
        "",
        "Json",
        "Faults",
        "ServiceBus",
        "Simulator",
        "Vault",
        "Tables",
        "Page",
        "Hosting"
    );

    [Fact]
    public void Every_type_is_in_one_of_the_folders() => Assert.Empty(Folders.Strays());

    [Fact]
    public void No_folder_depends_on_one_above_it() => Folders.AssertDownwards();
}
