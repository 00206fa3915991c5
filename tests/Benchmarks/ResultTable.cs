using System.Globalization;
using Spectre.Console;

namespace Benchmarks;

/// <summary>The table of results.</summary>
internal sealed class ResultTable
{
    private readonly Table _table = new Table()
        .Border(TableBorder.Simple)
        .AddColumn("measured")
        .AddColumn(new TableColumn("here").RightAligned())
        .AddColumn("against")
        .AddColumn(new TableColumn("ratio").RightAligned())
        .AddColumn("goal");

    public void Add(string what, string here, string against = "", double? ratio = null, string goal = "") =>
        _table.AddRow(
            new Text(what),
            new Text(here),
            new Text(against),
            new Text(ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? ""),
            new Text(goal)
        );

    public void Write()
    {
        // Rows must not wrap on a narrow terminal or without a terminal.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 150);
        AnsiConsole.Write(_table);
    }
}
