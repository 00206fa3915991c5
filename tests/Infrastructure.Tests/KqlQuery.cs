using System.Globalization;
using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>
/// Runs the part of the Kusto Query Language that the alerts use over rows in memory: tables and their union, extend
/// with strcat and properties, where with has, startswith, between, ==, the age of a row, and, or, sums and ratios of
/// sums, and the sum or the count at the end. Everything else is an error, so that no query is trusted without being run. Meaning
/// of the operators: https://learn.microsoft.com/kusto/query/datatypes-string-operators (has looks for whole terms;
/// none of them minds case).
/// </summary>
internal static partial class KqlQuery
{
    /// <param name="query">The query of an alert.</param>
    /// <param name="rows">Rows with the name of their table under <c>Table</c>; a row counts as <c>ItemCount</c>
    /// rows.</param>
    /// <returns>The one value.</returns>
    public static int Run(string query, IEnumerable<IReadOnlyDictionary<string, string>> rows)
    {
        string[] steps = [.. query.Split('|').Select(step => step.Trim())];
        string[] tables = [.. TableNames().Replace(steps[0], "").Split(',').Select(name => name.Trim())];
        var selected = rows.Where(row => tables.Contains(row["Table"]));
        foreach (string step in steps[1..^1])
        {
            selected = step switch
            {
                _ when step.StartsWith("where ", StringComparison.Ordinal) => selected.Where(row =>
                    Any(step["where ".Length..], row)
                ),
                _ when Extension().Match(step) is { Success: true } extend => selected.Select(row =>
                    With(row, extend.Groups["name"].Value, Columns(extend.Groups["columns"].Value, row))
                ),
                _ when Sums().Matches(step) is { Count: > 0 } sums
                        && step.StartsWith("summarize ", StringComparison.Ordinal) => [Summarize(sums, [.. selected])],
                _ => throw Unknown(step),
            };
        }

        return steps[^1] switch
        {
            "summarize Value = sum(ItemCount)" => selected.Sum(row =>
                int.Parse(row["ItemCount"], CultureInfo.InvariantCulture)
            ),
            "summarize Value = count()" => selected.Count(),
            _ => throw Unknown(steps[^1]),
        };
    }

    private static bool Any(string condition, IReadOnlyDictionary<string, string> row) =>
        Words(" or ").Split(condition).Any(part => Words(" and ").Split(part).All(term => Holds(term, row)));

    /// <summary>The index of a word outside quotes.</summary>
    private static Regex Words(string word) => new(word + "(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

    private static bool Holds(string term, IReadOnlyDictionary<string, string> row)
    {
        if (Between().Match(term) is { Success: true } between)
        {
            return int.TryParse(row.GetValueOrDefault(between.Groups["column"].Value), out int number)
                && number >= int.Parse(between.Groups["low"].Value, CultureInfo.InvariantCulture)
                && number <= int.Parse(between.Groups["high"].Value, CultureInfo.InvariantCulture);
        }

        if (Younger().Match(term) is { Success: true } younger)
        {
            return Number(row["AgeInMinutes"]) < Number(younger.Groups["minutes"].Value);
        }

        if (Older().Match(term) is { Success: true } older)
        {
            return Number(row.GetValueOrDefault("AgeInMinutes", "0")) > Number(older.Groups["minutes"].Value);
        }

        if (Compared().Match(term) is { Success: true } compared)
        {
            var (left, right) = (Number(row[compared.Groups["column"].Value]), Number(compared.Groups["number"].Value));
            return compared.Groups["operator"].Value == ">" ? left > right : left == right;
        }

        if (Above().Match(term) is { Success: true } above)
        {
            return row.TryGetValue(above.Groups["column"].Value, out var number)
                && Number(number) > Number(above.Groups["number"].Value);
        }

        if (True().Match(term) is { Success: true } flag)
        {
            return row.GetValueOrDefault(flag.Groups["column"].Value) == "true";
        }

        if (Greater().Match(term) is { Success: true } greater)
        {
            // Zero divided by zero is NaN, which is not greater than any number.
            return Number(row[greater.Groups["column"].Value])
                > Number(greater.Groups["times"].Value)
                    * Number(greater.Groups["part"].Value)
                    / Number(greater.Groups["whole"].Value);
        }

        Match comparison = Comparison().Match(term);
        string value = row.GetValueOrDefault(comparison.Groups["column"].Value, ""),
            text = comparison.Groups["text"].Value;
        return comparison.Groups["operator"].Value switch
        {
            "has" => Has(value, text),
            "!has" => !Has(value, text),
            "==" => value == text,
            "!=" => value != text,
            "startswith" => value.StartsWith(text, StringComparison.OrdinalIgnoreCase),
            _ => throw Unknown(term),
        };
    }

    private static bool Has(string value, string text) =>
        Regex.IsMatch(value, $"(?<![A-Za-z0-9]){Regex.Escape(text)}(?![A-Za-z0-9])", RegexOptions.IgnoreCase);

    private static string Columns(string list, IReadOnlyDictionary<string, string> row) =>
        string.Concat(
            IfExists()
                .Matches(list)
                .Select(column =>
                    column.Groups["literal"] is { Success: true } literal
                        ? literal.Value
                        : row.GetValueOrDefault($"{column.Groups["of"].Value}{column.Groups["name"].Value}", "")
                )
        );

    private static Dictionary<string, string> Summarize(
        MatchCollection sums,
        IReadOnlyList<IReadOnlyDictionary<string, string>> rows
    ) =>
        sums.ToDictionary(
            static sum => sum.Groups["name"].Value,
            sum =>
            {
                double value = Sum(sum.Groups["sum"].Value, rows);
                return (
                    sum.Groups["lower"] is { Success: true } lower ? value / Sum(lower.Value, rows) : value
                ).ToString(CultureInfo.InvariantCulture);
            }
        );

    /// <summary><c>sum(Column)</c> or <c>sumif(Column, condition)</c>.</summary>
    private static double Sum(string sum, IReadOnlyList<IReadOnlyDictionary<string, string>> rows)
    {
        string[] parts = sum[(sum.IndexOf('(') + 1)..^1].Split(", ", 2);
        return rows.Where(row => parts.Length == 1 || Any(parts[1], row)).Sum(row => Number(row[parts[0]]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> With(
        IReadOnlyDictionary<string, string> row,
        string name,
        string value
    ) => new(row) { [name] = value };

    private static NotSupportedException Unknown(string part) => new($"Queries are not run with: {part}");

    [GeneratedRegex(@"^union isfuzzy=true ")]
    private static partial Regex TableNames();

    [GeneratedRegex(@"^extend (?<name>\w+) = (?<columns>strcat\(.+\)|tostring\(Properties\.\w+\))$")]
    private static partial Regex Extension();

    [GeneratedRegex(
        "column_ifexists\\(\"(?<name>\\w+)\", \"\"\\)|tostring\\((?<of>Properties\\.)(?<name>\\w+)\\)|\"(?<literal>[^\"]*)\""
    )]
    private static partial Regex IfExists();

    [GeneratedRegex(@"^toint\((?<column>\w+)\) between \((?<low>\d+) \.\. (?<high>\d+)\)$")]
    private static partial Regex Between();

    [GeneratedRegex(
        @"(?<name>\w+) = (?<sum>sum(?:if)?\((?:[^()]|\([^()]*\))*\))(?: / (?<lower>sum(?:if)?\((?:[^()]|\([^()]*\))*\)))?(?:, |$)"
    )]
    private static partial Regex Sums();

    [GeneratedRegex(@"^todouble\((?<column>Properties\.\w+)\) > (?<number>\d+)$")]
    private static partial Regex Above();

    [GeneratedRegex(@"^TimeGenerated < ago\((?<minutes>\d+)m\)$")]
    private static partial Regex Older();

    [GeneratedRegex(@"^(?<column>\w+) (?<operator>>|==) (?<number>\d+)$")]
    private static partial Regex Compared();

    [GeneratedRegex(@"^(?<column>\w+) == true$")]
    private static partial Regex True();

    [GeneratedRegex(@"^TimeGenerated > ago\((?<minutes>\d+)m\)$")]
    private static partial Regex Younger();

    [GeneratedRegex(@"^(?<column>\w+) > (?<times>[\d.]+) \* (?<part>\d+) / (?<whole>\d+)$")]
    private static partial Regex Greater();

    [GeneratedRegex("^(?<column>\\w+) (?<operator>==|!=|!?\\w+) \"(?<text>[^\"]+)\"$")]
    private static partial Regex Comparison();
}
