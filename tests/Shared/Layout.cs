using System.Reflection;
using System.Runtime.CompilerServices;

namespace Onramp.Testing;

/// <summary>
/// The folders of a project, lowest first. A folder is a namespace and does not depend on a higher folder.
/// </summary>
/// <param name="assembly">The compiled project.</param>
/// <param name="root">The root namespace.</param>
/// <param name="folders">All folders, lowest first. The empty name is the root.</param>
internal sealed class Layout(Assembly assembly, string root, params string[] folders)
{
    /// <summary>Types outside the listed folders.</summary>
    public IEnumerable<string> Strays() =>
        Types().Where(type => !folders.Contains(Folder(type))).Select(static type => type.FullName!);

    /// <summary>Each use of a type in a higher folder.</summary>
    public IEnumerable<string> Upwards() =>
        (
            from type in Types()
            from used in TypeUses.Of(type).Where(IsOurs)
            where Array.IndexOf(folders, Folder(used)) > Array.IndexOf(folders, Folder(type))
            select $"{Folder(type)}.{Name(type)} uses {Folder(used)}.{Name(used)}"
        ).Distinct();

    /// <summary>Fails with a list of all uses of types in higher folders.</summary>
    public void AssertDownwards()
    {
        var upwards = string.Join(Environment.NewLine, Upwards());
        Assert.True(upwards.Length == 0, upwards);
    }

    private IEnumerable<Type> Types() => assembly.GetTypes().Where(IsOurs);

    /// <summary>Generated types are in namespaces of their own, or in none.</summary>
    private bool IsOurs(Type type) =>
        (type.Namespace == root || type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true)
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private string Folder(Type type) =>
        type.Namespace!.Length == root.Length ? "" : type.Namespace[(root.Length + 1)..];

    /// <summary>A closure has the name of the type that contains it.</summary>
    private static string Name(Type type) => type.DeclaringType is { } outer ? Name(outer) : type.Name;
}
