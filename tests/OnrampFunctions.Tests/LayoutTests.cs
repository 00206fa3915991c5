namespace OnrampFunctions.Tests;

/// <summary>The triggers are in one folder. The two libraries that both hosts use have one folder each.</summary>
public sealed class LayoutTests
{
    public static TheoryData<string> Projects => [.. Layouts.Keys];

    private static readonly Dictionary<string, Layout> Layouts = new()
    {
        ["app"] = new(typeof(OrderMessages).Assembly, "OnrampFunctions", ""),
        ["HTTP"] = new(
            typeof(OrderApi).Assembly,
            "Onramp.Cancellation.Http",
            "Contracts",
            "Answers",
            "Reading",
            "Endpoints"
        ),
        ["OpenTelemetry"] = new(typeof(TelemetryExport).Assembly, "Onramp.Cancellation.OpenTelemetry", ""),
        ["Service Bus"] = new(typeof(MessageDispatcher).Assembly, "Onramp.Cancellation.ServiceBus", ""),
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_type_is_in_one_of_the_folders(string project) => Assert.Empty(Layouts[project].Strays());

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_depends_on_one_above_it(string project) => Layouts[project].AssertDownwards();
}
