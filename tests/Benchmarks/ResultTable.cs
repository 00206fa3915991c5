using System.Globalization;
using Spectre.Console;

namespace Benchmarks;

/// <summary>The table of results, in the Markdown of docs/performance.md.</summary>
internal sealed class ResultTable
{
    private readonly Table _table = new Table()
        .Border(TableBorder.Markdown)
        .AddColumn("measured")
        .AddColumn(new TableColumn("here").RightAligned())
        .AddColumn("against")
        .AddColumn(new TableColumn("ratio").RightAligned())
        .AddColumn("spread")
        .AddColumn("goal")
        .AddColumn("met");

    /// <summary>
    /// Adds a comparison: both medians, the median of the ratios of all rounds, and the quartiles of these ratios as
    /// their spread.
    /// </summary>
    /// <param name="what">What was measured.</param>
    /// <param name="format">The format of the measured values, with their unit.</param>
    /// <param name="own">The values of all rounds.</param>
    /// <param name="name">The name of the other part.</param>
    /// <param name="other">The values of the other part in the same rounds.</param>
    /// <param name="goal">The goal of the ratio.</param>
    public void Compare(
        string what,
        string format,
        IReadOnlyList<double> own,
        string name,
        IReadOnlyList<double> other,
        Goal? goal = null
    )
    {
        List<double> ratios = [.. own.Zip(other, static (one, another) => one / another).Order()];
        var (median, quarter) = (ratios[ratios.Count / 2], (ratios.Count - 1) / 4);
        Add(
            what,
            Text(Median(own), format),
            $"{name} {Text(Median(other), format)}",
            Text(median, "0.00"),
            ratios.Count == 1 ? "" : $"{Text(ratios[quarter], "0.00")} to {Text(ratios[^(quarter + 1)], "0.00")}",
            goal?.ToString() ?? "",
            goal is null ? ""
                : goal.IsMet(median) ? "yes"
                : "no"
        );
    }

    /// <summary>Adds a row that has no ratio.</summary>
    public void Add(string what, string here) => Add(what, here, "", "", "", "", "");

    public void Write()
    {
        // Rows must not wrap on a narrow terminal or without a terminal.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 200);
        AnsiConsole.Write(_table);
    }

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Add(params string[] cells) => _table.AddRow(cells.Select(static cell => new Text(cell)));
}
