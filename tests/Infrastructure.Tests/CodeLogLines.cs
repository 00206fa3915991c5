using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Tests;

/// <summary>The log lines of the code, read from its log methods.</summary>
internal static class CodeLogLines
{
    /// <summary>
    /// Id, level, template, and whether it has an exception. The level is null if it is chosen at run time.
    /// </summary>
    public static IReadOnlyList<(int Id, LogLevel? Level, string Template, bool HasException)> All { get; } =
    [
        .. from assembly in (Assembly[])
            [typeof(OutcomeTable).Assembly, typeof(OrderApi).Assembly, typeof(MessageDispatcher).Assembly]
        from type in assembly.GetTypes()
        from method in type.GetMethods(
            BindingFlags.Static
                | BindingFlags.Instance
                | BindingFlags.Public
                | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly
        )
        let line = method.GetCustomAttribute<LoggerMessageAttribute>()
        where line is not null
        select (
            line.EventId,
            method.GetParameters().Any(p => p.ParameterType == typeof(LogLevel)) ? (LogLevel?)null : line.Level,
            line.Message,
            method.GetParameters().Any(p => p.ParameterType.IsAssignableTo(typeof(Exception)))
        ),
    ];

    /// <summary>The message template of an event id.</summary>
    public static string Template(int id) => Assert.Single(All, line => line.Id == id).Template;

    /// <summary>The message of an event id, with the given values by name and x for the others.</summary>
    public static string Of(int id, params ReadOnlySpan<(string Name, string Value)> values)
    {
        string line = Assert.Single(All, line => line.Id == id).Template;
        foreach (var (name, value) in values)
        {
            line = line.Replace($"{{{name}}}", value);
        }

        return Regex.Replace(line, @"\{\w+(:[^}]*)?\}", "x");
    }
}
