using System.Reflection;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// A folder is a namespace, and folders depend downwards only. Read from the compiled types: what a type derives from, holds, takes, returns and uses in its
/// methods.
/// </summary>
public sealed class LayoutTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>From the bottom up.</summary>
    private static readonly string[] Order =
        ["Texts", "Settings", "Orders", "Messaging", "Signing", "Onramp", "Requests", "Cancelling", "Outcomes", "Queueing", "Timeouts", "Hosting"];

    private static readonly string[] Hosts = ["Microsoft.Azure.Functions", "Microsoft.AspNetCore", "Azure.Messaging"];

    private static readonly Assembly Core = typeof(OrderCancellation).Assembly;

    [Fact]
    public void Every_type_of_the_core_is_in_one_of_its_folders()
        => Assert.All(Core.GetTypes().Where(IsOurs), static type => Assert.Contains(Folder(type), Order));

    [Fact]
    public void No_folder_depends_on_one_above_it()
    {
        var upwards =
            from type in Core.GetTypes().Where(IsOurs)
            from used in Uses(type)
            where Array.IndexOf(Order, Folder(used)) > Array.IndexOf(Order, Folder(type))
            select $"{Folder(type)}.{type.Name} uses {Folder(used)}.{used.Name}";
        Assert.Empty(upwards.Distinct());
    }

    [Fact]
    public void The_core_knows_no_Functions_type_no_web_server_and_no_broker()
        => Assert.DoesNotContain(
            Core.GetReferencedAssemblies(),
            static assembly => Array.Exists(Hosts, start => assembly.Name!.StartsWith(start, StringComparison.Ordinal)));

    /// <summary>A rule that finds nothing wrong must be known to find something.</summary>
    [Fact]
    public void What_a_method_uses_inside_is_seen()
        => Assert.Contains(Uses(Core.GetType("Onramp.Cancellation.Queueing.PendingOutcome", throwOnError: true)!), static used => used.Name == "Digest");

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Onramp.Cancellation.", StringComparison.Ordinal) == true;

    private static string Folder(Type type) => type.Namespace!["Onramp.Cancellation.".Length..];

    private static IEnumerable<Type> Uses(Type type)
    {
        var used = new HashSet<Type>();
        Add(type.BaseType);
        foreach (var part in type.GetInterfaces().Concat(type.GetFields(Everything).Select(static field => field.FieldType)))
        {
            Add(part);
        }

        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            foreach (var parameter in method.GetParameters())
            {
                Add(parameter.ParameterType);
            }

            Add((method as MethodInfo)?.ReturnType);
            foreach (var token in Tokens(method))
            {
                Add(token);
            }
        }

        return used.Where(IsOurs).Where(other => other != type);

        void Add(Type? part)
        {
            if (part is null || !used.Add(part))
            {
                return;
            }

            Add(part.IsGenericParameter ? null : part.DeclaringType);
            Add(part.HasElementType ? part.GetElementType() : null);
            foreach (var argument in part.IsGenericType ? part.GetGenericArguments() : [])
            {
                Add(argument);
            }
        }
    }

    /// <summary>The types of everything that the method's instructions name: any four bytes that are a token of the module, which finds all and rarely too much.</summary>
    private static IEnumerable<Type> Tokens(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + 4 < code.Length; at++)
        {
            // call, callvirt, newobj, ldfld and its kin, ldtoken, ldftn: an opcode before a token.
            if (code[at] is 0x28 or 0x6F or 0x73 or 0x7B or 0x7C or 0x7D or 0x7E or 0x7F or 0x80 or 0xD0 or 0x06 && Resolve(method, BitConverter.ToInt32(code, at + 1)) is { } member)
            {
                yield return member as Type ?? member.DeclaringType!;
            }
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        if ((token >> 24) is not (0x01 or 0x02 or 0x04 or 0x06 or 0x0A or 0x1B or 0x2B))
        {
            return null;
        }

        try
        {
            var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
            return method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null) is { DeclaringType: not null } or Type
                ? method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null)
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }
}
