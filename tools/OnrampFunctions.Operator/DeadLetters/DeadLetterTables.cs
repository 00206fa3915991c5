using System.Globalization;

namespace OnrampFunctions.Operator.DeadLetters;

/// <summary>Writes dead letters as tables.</summary>
internal static class DeadLetterTables
{
    /// <summary>Writes the first dead letters, and the number for each reason.</summary>
    public static void Write(Screen screen, IReadOnlyList<DeadLetter> letters, int limit, DateTimeOffset now)
    {
        var table = screen.NewTable("number", "age", "reason", "order", "caller", "description");
        foreach (var letter in letters.Take(limit))
        {
            table.AddRow(
                Cell(letter.Number.ToString(CultureInfo.InvariantCulture)),
                Cell(DurationText.Of(now - letter.EnqueuedAt)),
                Cell(letter.Reason),
                Cell(letter.Order?.Value),
                Cell(letter.Caller),
                Cell(letter.Description)
            );
        }

        screen.Write(table);
        if (letters.Count > limit)
        {
            screen.Note($"… and {letters.Count - limit} more (use --limit or --json).");
        }

        screen.Line($"{letters.Count} in total: {Reasons(letters)}.");
    }

    /// <summary>The number of dead letters for each reason, as one text.</summary>
    public static string Reasons(IEnumerable<DeadLetter> letters) =>
        TerminalText.Counts(letters.CountBy(static letter => letter.Reason));

    private static Text Cell(string? text) => new(TerminalText.Of(text ?? "-"));
}
