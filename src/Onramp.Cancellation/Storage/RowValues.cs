using System.Globalization;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Storage;

/// <summary>
/// Reads and writes the values of a row. A value has the name of a property, with a small first letter. Whatever is
/// missing or malformed reads as null.
/// </summary>
internal readonly struct RowValues
{
    private readonly IReadOnlyDictionary<string, string> _read;

    /// <summary>Begins an empty row.</summary>
    public RowValues() => _read = All = [];

    /// <summary>Reads the values of a row.</summary>
    public RowValues(IReadOnlyDictionary<string, string> values) => (_read, All) = (values, []);

    /// <summary>The values that were added.</summary>
    public Dictionary<string, string> All { get; }

    public string? Text(string property) => _read.GetValueOrDefault(Name(property));

    public DateTimeOffset? Instant(string property) =>
        TimingText.TryReadInstant(Text(property) ?? "", out var instant) ? instant : null;

    public long? Number(string property) =>
        long.TryParse(Text(property), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Whether a flag is set.</summary>
    public bool Has(string property) => Text(property) is not null;

    public void Add(string property, string? value)
    {
        if (value is not null)
        {
            All[Name(property)] = value;
        }
    }

    public void Add(string property, DateTimeOffset? value) =>
        Add(property, value?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    public void Add(string property, long? value) => Add(property, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds a flag if it is set.</summary>
    public void Add(string property, bool value) => Add(property, value ? "true" : null);

    private static string Name(string property) => char.ToLowerInvariant(property[0]) + property[1..];
}
