using System.Reflection;
using System.Runtime.CompilerServices;

namespace Onramp.Testing;

/// <summary>
/// A project's folders, from the bottom up: a folder is a namespace, and none depends on one above it.
/// </summary>
/// <param name="assembly">The compiled project.</param>
/// <param name="root">Its root namespace.</param>
/// <param name="folders">Every folder, the lowest first; the root itself is the empty name.</param>
internal sealed class Layout(Assembly assembly, string root, params string[] folders)
{
    /// <summary>Types outside the folders that are listed.</summary>
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

    /// <summary>Fails, with every use of a type in a higher folder, if there is one.</summary>
    public void AssertDownwards()
    {
        var upwards = string.Join(Environment.NewLine, Upwards());
        Assert.True(upwards.Length == 0, upwards);
    }

    private IEnumerable<Type> Types() => assembly.GetTypes().Where(IsOurs);

    /// <summary>What the compiler and its generators add is in namespaces of its own, or in none.</summary>
    private bool IsOurs(Type type) =>
        (type.Namespace == root || type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true)
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private string Folder(Type type) =>
        type.Namespace!.Length == root.Length ? "" : type.Namespace[(root.Length + 1)..];

    /// <summary>A closure is told by the type it is written in.</summary>
    private static string Name(Type type) => type.DeclaringType is { } outer ? Name(outer) : type.Name;
}
