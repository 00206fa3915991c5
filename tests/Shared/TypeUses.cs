using System.Reflection;

namespace Onramp.Testing;

/// <summary>Which types of its own assembly a compiled type uses: what it derives from, holds, takes, returns and names in its methods.</summary>
internal static class TypeUses
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<Type> Of(Type type)
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

        return used.Where(other => other != type && other.Assembly == type.Assembly);

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
