using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OnrampFunctions.LocalHost.Tables;

/// <summary>Reads paths and filters of the table service's protocol.</summary>
internal static partial class TableRequest
{
    private const int MaxRows = 1000;
    private const string Literal = "'((?:[^']|'')*)'";

    /// <summary>
    /// The table of a path such as <c>Name</c>, <c>Name()</c> or <c>Name(PartitionKey='p',RowKey='r')</c>.
    /// </summary>
    /// <param name="path">The path after the account.</param>
    /// <param name="keys">The keys of the row; null for the table itself.</param>
    /// <exception cref="TableError">The path names no table of the service.</exception>
    public static RowTable TableOf(string path, out (string Partition, string Row)? keys)
    {
        var match = Resource().Match(path);
        if (!match.Success)
        {
            throw TableError.Invalid("The path is not that of a table or a row.");
        }

        keys = match.Groups[2].Success ? (Text(match.Groups[2]), Text(match.Groups[3])) : null;
        return TryParse(match.Groups[1].Value, out var table) ? table.Value : throw TableError.NoTable();
    }

    public static bool TryParse(string name, [NotNullWhen(true)] out RowTable? table)
    {
        // The service ignores the case of names.
        table = Enum.GetValues<RowTable>()
            .Cast<RowTable?>()
            .FirstOrDefault(known => name.Equals($"{known}", StringComparison.OrdinalIgnoreCase));
        return table is not null;
    }

    /// <summary>The query of a request; the filters are those that the service sends.</summary>
    /// <exception cref="TableError">It is invalid or not supported.</exception>
    public static RowQuery QueryOf(RowTable table, IQueryCollection query)
    {
        if (query.Keys.FirstOrDefault(static name => name is "$select" or "$orderby" or "$skip") is { } other)
        {
            throw TableError.Unsupported(other);
        }

        var count = MaxRows;
        if (
            query.TryGetValue("$top", out var top)
            && !(
                int.TryParse(top, NumberStyles.None, CultureInfo.InvariantCulture, out count)
                && count is > 0 and <= MaxRows
            )
        )
        {
            throw TableError.Invalid($"$top must be 1 to {MaxRows}.");
        }

        var result = Filter(new RowQuery(table, count), query["$filter"].ToString());
        return query.TryGetValue("NextPartitionKey", out var partition)
            ? result with
            {
                After = new RowKey(table, FromToken($"{partition}"), FromToken($"{query["NextRowKey"]}")),
            }
            : result;
    }

    /// <summary>A key as part of a token to continue.</summary>
    public static string ToToken(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static RowQuery Filter(RowQuery query, string filter)
    {
        if (filter.Length == 0)
        {
            return query;
        }

        if (OnePartition().Match(filter) is { Success: true } one)
        {
            var partition = Text(one.Groups[1]);
            return query with
            {
                Partition = partition,
                After = one.Groups[2].Success ? new RowKey(query.Table, partition, Text(one.Groups[2])) : null,
            };
        }

        var many = ManyPartitions().Match(filter);
        return many.Success
            ? query with
            {
                PartitionBelow = many.Groups["below"].Success ? Text(many.Groups["below"]) : null,
                After = many.Groups["row"].Success
                    ? new RowKey(query.Table, Text(many.Groups["partition"]), Text(many.Groups["row"]))
                    : null,
            }
            : throw TableError.Unsupported("this filter");
    }

    private static string Text(Group literal) => literal.Value.Replace("''", "'", StringComparison.Ordinal);

    private static string FromToken(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw TableError.Invalid("The token to continue is not valid.");
        }
    }

    [GeneratedRegex($@"\A(\w+)(?:\(\)|\(PartitionKey={Literal},\s*RowKey={Literal}\))?\z")]
    private static partial Regex Resource();

    [GeneratedRegex($@"\APartitionKey eq {Literal}(?: and RowKey gt {Literal})?\z")]
    private static partial Regex OnePartition();

    [GeneratedRegex(
        @"\A(?:PartitionKey lt '(?<below>(?:[^']|'')*)')?(?:(?:(?<=') and )?"
            + @"\(\(PartitionKey eq '(?<partition>(?:[^']|'')*)' and RowKey gt '(?<row>(?:[^']|'')*)'\)"
            + @" or PartitionKey gt '\k<partition>'\))?\z"
    )]
    private static partial Regex ManyPartitions();
}
