using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// Checks a configuration section before it is bound. The binder ignores unknown names and gaps in a list, and stops at
/// the first value that it cannot read. This check reports all of them at once, by the names of environment variables
/// (<c>Onramp__CallTimeout</c>).
/// </summary>
public static partial class SettingsSection
{
    /// <summary>
    /// Returns what is wrong with the names and values of a section, as sentences that do not quote the values.
    /// </summary>
    /// <param name="section">The section.</param>
    /// <param name="subsections">Names of sections within it, which have options of their own.</param>
    /// <typeparam name="T">The options that the section is bound to. Each property that can be set is a
    /// setting.</typeparam>
    /// <returns>Faults of known settings, and names that are unknown.</returns>
    public static (IReadOnlyList<string> Faults, IReadOnlyList<string> Unknown) Check<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T
    >(IConfigurationSection section, params IReadOnlyCollection<string> subsections)
    {
        ArgumentNullException.ThrowIfNull(section);
        var settings = typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.SetMethod is { IsPublic: true })
            .ToDictionary(static property => property.Name, StringComparer.OrdinalIgnoreCase);
        List<string> faults = [];
        List<string> unknown = [];
        foreach (var given in section.GetChildren())
        {
            if (settings.TryGetValue(given.Key, out var setting))
            {
                faults.AddRange(
                    FindFaults(
                        given,
                        $"{Name(section)}__{setting.Name}",
                        setting.PropertyType,
                        mayBeEmpty: !IsStrict(typeof(T))
                    )
                );
            }
            else if (
                !string.IsNullOrEmpty(given.Value) || !subsections.Contains(given.Key, StringComparer.OrdinalIgnoreCase)
            )
            {
                var known = string.Join(", ", settings.Keys.Select(name => $"{Name(section)}__{name}"));
                unknown.Add($"{Name(given)} is not a setting. The settings of {Name(section)} are {known}.");
            }
        }

        return (faults, unknown);
    }

    /// <summary>
    /// Ends the start with the faults of a section. Unknown names are only logged, so that an older version starts with
    /// the settings of a newer one; those of a section about security are faults.
    /// </summary>
    internal static OptionsBuilder<T> CheckFirst<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T
    >(this OptionsBuilder<T> options, IConfigurationSection section, params IReadOnlyCollection<string> subsections)
        where T : class =>
        options.Configure<ILogger<T>>(
            (_, logger) =>
            {
                var (faults, unknown) = Check<T>(section, subsections);
                if (IsStrict(typeof(T)))
                {
                    (faults, unknown) = ([.. faults, .. unknown], []);
                }

                if (faults.Count > 0)
                {
                    throw new OptionsValidationException(options.Name, typeof(T), faults);
                }

                foreach (var sentence in unknown)
                {
                    Log.Unknown(logger, sentence);
                }
            }
        );

    private static bool IsStrict(Type options) => Attribute.IsDefined(options, typeof(StrictSettingsAttribute));

    private static IEnumerable<string> FindFaults(IConfigurationSection given, string name, Type type, bool mayBeEmpty)
    {
        var parts = given.GetChildren().ToList();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>))
        {
            return FindFaultsOfList(given, parts, name, type.GenericTypeArguments[0]);
        }

        if (parts.Count > 0)
        {
            return parts.Select(part => $"{Name(part)} is not a setting: {name} has a single value.");
        }

        var format = SettingFormat.Of(type);
        if (string.IsNullOrEmpty(given.Value))
        {
            // An empty switch is more likely a forgotten variable than a wish for the default, which may be less
            // strict.
            return type == typeof(bool) || type.IsEnum || !mayBeEmpty
                ? [$"{name} is not valid: it is empty. Remove it, or {format.Advice}."]
                : [];
        }

        return format.Fits(given.Value) ? [] : [$"{name} is not valid: {format.Advice}."];
    }

    private static IEnumerable<string> FindFaultsOfList(
        IConfigurationSection given,
        List<IConfigurationSection> items,
        string name,
        Type itemType
    )
    {
        if (!string.IsNullOrEmpty(given.Value))
        {
            return [$"{name} is a list: write {name}__0, {name}__1 and so on."];
        }

        var names = items.Select(static item => item.Key).ToHashSet();
        if (
            Enumerable
                .Range(0, items.Count)
                .FirstOrDefault(index => !names.Contains(index.ToString(CultureInfo.InvariantCulture)), -1)
            is >= 0
                and var missing
        )
        {
            return
            [
                $"{name}__{missing} is missing: a list is numbered from 0 without gaps and replaces the whole default.",
            ];
        }

        var format = SettingFormat.Of(itemType);
        return items
            .Where(item => string.IsNullOrEmpty(item.Value) || !format.Fits(item.Value))
            .Select(item => $"{name}__{item.Key} is not valid: {format.Advice}.");
    }

    private static string Name(IConfigurationSection given) => given.Path.Replace(":", "__", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(901, LogLevel.Warning, "{Sentence}")]
        public static partial void Unknown(ILogger logger, string sentence);
    }
}
