using System.Collections;
using System.Reflection;

namespace Infrastructure.Tests;

/// <summary>The settings that the code reads, from its options classes.</summary>
internal static class CodeSettings
{
    private static readonly (IEnumerable<string> Names, IEnumerable<string> Faults) ServiceBus =
        RecordingConfiguration.Of(static (services, configuration) => services.AddServiceBus(configuration));

    /// <summary>
    /// Names of entities. The triggers read them too, so they have no section. These are the names that the Service Bus
    /// project looks up, without the connection.
    /// </summary>
    public static IReadOnlyList<string> Entities { get; } =
    [.. ServiceBus.Names.Where(static name => name.Split(':')[0] != "ServiceBus").Order()];

    /// <summary>The error messages of the Service Bus project when nothing is set.</summary>
    public static IEnumerable<string> EntityFaults => ServiceBus.Faults;

    public static IEnumerable<Type> OptionTypes { get; } =
    [
        .. new[] { typeof(OnrampOptions), typeof(OrderApi), typeof(ServiceBusServices) }
            .SelectMany(t => t.Assembly.GetExportedTypes())
            .Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal)),
    ];

    /// <summary>Names of environment variables. A list ends with <c>__*</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. from type in OptionTypes
        let section = (string)
            type.GetField("SectionName", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true }
        let isList = property.PropertyType != typeof(string)
            && property.PropertyType.IsAssignableTo(typeof(IEnumerable))
        select $"{section.Replace(":", "__", StringComparison.Ordinal)}__{property.Name}{(isList ? "__*" : "")}",
    ];

    /// <summary>List items under one name: <c>Queue__RetryDelays__3</c> becomes <c>Queue__RetryDelays__*</c>.</summary>
    public static string Fold(string name) =>
        int.TryParse(name.Split("__")[^1], out _)
            ? $"{name[..name.LastIndexOf("__", StringComparison.Ordinal)]}__*"
            : name;
}
