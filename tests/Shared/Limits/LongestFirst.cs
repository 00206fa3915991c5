using Onramp.Testing.Limits;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Onramp.Testing.Limits;

/// <summary>Marks a class or a collection of tests that takes longest or waits most.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class StartsFirstAttribute : Attribute;

/// <summary>
/// Starts the tests first that are marked with <see cref="StartsFirstAttribute"/>, so that the others run in parallel.
/// </summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] First =
    [
        .. typeof(LongestFirst)
            .Assembly.GetTypes()
            .Where(static type => type.IsDefined(typeof(StartsFirstAttribute), inherit: false))
            .Select(static type => $" {type.FullName} "),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(static collection => IsFirst(collection.TestCollectionDisplayName))];

    private static bool IsFirst(string collection) =>
        Array.Exists(First, name => $"{collection} ".Contains(name, StringComparison.Ordinal));
}
