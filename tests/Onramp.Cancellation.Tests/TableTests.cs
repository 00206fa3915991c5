using System.Reflection;

namespace Onramp.Cancellation.Tests;

/// <summary>The list of a closed table contains all its rows.</summary>
public sealed class TableTests
{
    public static TheoryData<Type> Listed => [typeof(ApiRoute), typeof(ProblemType)];

    [Theory]
    [MemberData(nameof(Listed))]
    public void No_row_is_left_out_of_the_list(Type row)
    {
        var rows = row.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Where(field => field.FieldType == row)
            .Select(static field => field.GetValue(null)!)
            .ToList();
        Assert.NotEmpty(rows);
        Assert.Empty(rows.Except((IEnumerable<object>)row.GetProperty("All")!.GetValue(null)!));
    }
}
