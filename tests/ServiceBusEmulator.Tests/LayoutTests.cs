namespace ServiceBusEmulator.Tests;

/// <summary>The emulator is independent of its users, and its folders depend downwards only.</summary>
public sealed class LayoutTests
{
    private static readonly Layout Folders = new(
        typeof(Emulator).Assembly,
        "ServiceBusEmulator",
        "Broker",
        "Configuration",
        "Rest",
        "Amqp",
        ""
    );

    [Fact]
    public void Every_type_is_in_one_of_the_folders() => Assert.Empty(Folders.Strays());

    [Fact]
    public void No_folder_depends_on_one_above_it() => Folders.AssertDownwards();

    [Fact]
    public void References_none_of_its_users() =>
        Assert.DoesNotContain(
            typeof(Emulator).Assembly.GetReferencedAssemblies(),
            static assembly => assembly.Name!.StartsWith("Onramp", StringComparison.Ordinal)
        );
}
