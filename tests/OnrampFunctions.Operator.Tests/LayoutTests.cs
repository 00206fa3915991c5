namespace OnrampFunctions.Operator.Tests;

public sealed class LayoutTests
{
    private static readonly Layout Folders = new(
        typeof(OperatorTool).Assembly,
        "OnrampFunctions.Operator",
        "Output",
        "Reports",
        "Connections",
        "DeadLetters",
        "Timeouts",
        "Outcomes",
        "Cancelling",
        "Status",
        "Hosting"
    );

    [Fact]
    public void Every_type_is_in_one_of_the_folders() => Assert.Empty(Folders.Strays());

    [Fact]
    public void No_folder_depends_on_one_above_it() => Folders.AssertDownwards();
}
