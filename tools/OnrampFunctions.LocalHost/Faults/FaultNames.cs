using System.Collections.Frozen;
using System.Text.Json;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>The names of fault kinds in JSON.</summary>
public static class FaultNames
{
    private static readonly FrozenDictionary<string, FaultKind> ByName = Enum.GetValues<FaultKind>()
        .Where(kind => kind != FaultKind.None)
        .ToFrozenDictionary(Of, StringComparer.Ordinal);

    /// <summary>The name of a kind, e.g. <c>answer-lost</c>.</summary>
    public static string Of(FaultKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <summary>The kind of a name; <see cref="FaultKind.None"/> for an unknown one.</summary>
    public static FaultKind Parse(string name) => ByName.GetValueOrDefault(name);

    /// <summary>All names, comma-separated, for error messages.</summary>
    public static string List { get; } = Join(Enum.GetValues<FaultKind>());

    /// <summary>The names of the provider's faults.</summary>
    public static string OfProvider { get; } = Join(Enum.GetValues<FaultKind>().Where(FaultTraits.IsOfProvider));

    private static string Join(IEnumerable<FaultKind> kinds) =>
        string.Join(", ", kinds.Where(kind => kind != FaultKind.None).Select(Of));
}
