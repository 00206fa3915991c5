using System.Reflection;

namespace Onramp.Testing.Limits;

/// <summary>Reads back what a client was built with and does not show.</summary>
internal static class HiddenPart
{
    private const int MaxDepth = 4;

    /// <summary>The nearest object of a type that a client refers to.</summary>
    public static T Of<T>(object client)
        where T : class
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance) { client };
        List<object> level = [client];
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            level = [.. level.SelectMany(PartsOf).Where(seen.Add)];
            if (level.OfType<T>().FirstOrDefault() is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"{client.GetType()} has no {typeof(T)}.");
    }

    private static IEnumerable<object> PartsOf(object whole)
    {
        for (var type = whole.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (
                var field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly
                )
            )
            {
                if (
                    !field.FieldType.IsValueType
                    && field.FieldType != typeof(string)
                    && field.GetValue(whole) is { } part
                )
                {
                    yield return part;
                }
            }
        }
    }
}
