namespace ServiceBusEmulator.Tests;

/// <summary>The emulator is a library of its own: it serves any program, and its folders depend downwards only.</summary>
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
    public void It_references_nothing_of_the_program_that_it_was_made_for() =>
        Assert.DoesNotContain(
            typeof(Emulator).Assembly.GetReferencedAssemblies(),
            static assembly => assembly.Name!.StartsWith("Onramp", StringComparison.Ordinal)
        );
}
