using System.Reflection;
using System.Reflection.Emit;

namespace Onramp.Testing;

/// <summary>
/// Finds the types of its own assembly that a compiled type uses: base types, fields, parameters, results and types in
/// method bodies.
/// </summary>
internal static class TypeUses
{
    private const BindingFlags Everything =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> Instructions = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => (int)(ushort)code.Value);

    public static IEnumerable<Type> Of(Type type)
    {
        var used = new HashSet<Type>();
        Add(type.BaseType);
        foreach (
            var part in type.GetInterfaces().Concat(type.GetFields(Everything).Select(static field => field.FieldType))
        )
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

    /// <summary>The types that the instructions of a method refer to.</summary>
    private static IEnumerable<Type> Tokens(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length; )
        {
            // Two-byte instructions begin with FE.
            var instruction = code[at] == 0xFE ? Instructions[0xFE00 | code[at + 1]] : Instructions[code[at]];
            at += instruction.Size;
            if (
                instruction.OperandType
                    is OperandType.InlineField
                        or OperandType.InlineMethod
                        or OperandType.InlineType
                        or OperandType.InlineTok
                && Resolve(method, BitConverter.ToInt32(code, at)) is { } member
            )
            {
                yield return member as Type ?? member.DeclaringType!;
            }

            at += Length(instruction.OperandType, code, at);
        }
    }

    /// <summary>The length of an instruction's operand (ECMA-335, part III).</summary>
    private static int Length(OperandType operand, byte[] code, int at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
            _ => 4,
        };

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        try
        {
            var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
            var member = method.Module.ResolveMember(
                token,
                ofType,
                method.IsGenericMethod ? method.GetGenericArguments() : null
            );
            return member is Type or { DeclaringType: not null } ? member : null;
        }
        catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }
}
