using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Onramp.Cancellation.Storage;
using Spectre.Console.Rendering;

namespace OnrampFunctions.Operator.Output;

/// <summary>
/// Writes the output of a command: results to standard output, as tables or JSON, everything else to standard error.
/// Strings are written without markup.
/// </summary>
internal sealed class Screen
{
    private const int MaxNumbers = 20;

    // Wide enough that lines are not wrapped in a pipe.
    private const int PipeWidth = 10_000;

    private readonly OperatorEnvironment _environment;
    private readonly IAnsiConsole _out;
    private readonly IAnsiConsole _error;

    public Screen(OperatorEnvironment environment, bool isJson = false)
    {
        _environment = environment;
        IsJson = isJson;
        _out = Open(environment.Out, environment.IsOutTerminal);
        _error = Open(environment.Error, environment.IsErrorTerminal);
    }

    public bool IsJson { get; }

    /// <summary>The console for results.</summary>
    public IAnsiConsole Out => _out;

    public bool IsOutTerminal => _environment.IsOutTerminal;

    /// <summary>Creates a console, with colours and live updates only in a terminal.</summary>
    public IAnsiConsole Open(TextWriter writer, bool isTerminal)
    {
        var hasColours = isTerminal && string.IsNullOrEmpty(_environment.Variable("NO_COLOR"));
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = hasColours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
        if (!isTerminal)
        {
            console.Profile.Width = PipeWidth;
        }

        return console;
    }

    /// <summary>Creates an empty table, with borders only in a terminal.</summary>
    public Table NewTable(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = IsOutTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)));
        }

        return table;
    }

    public void Write(IRenderable result) => _out.Write(result);

    /// <summary>Writes a line of the result.</summary>
    public void Line(string text) => _out.WriteLine(text);

    /// <summary>Writes a line to standard error.</summary>
    public void Note(string text) => _error.WriteLine(text);

    /// <summary>Notes which messages were skipped because the client cannot decode them.</summary>
    public void NoteUnreadable(IReadOnlyCollection<UnreadableNumbers> numbers)
    {
        if (numbers.Count > 0)
        {
            Note(
                $"Skipped unreadable messages, number {List(numbers)}: an application property has a value that AMQP "
                    + "1.0 does not allow."
            );
        }
    }

    /// <summary>Notes that a row was skipped because the service did not write it.</summary>
    public void NoteUnreadableRow(RowKey key) =>
        Note($"Skipped row {key.Partition}/{key.Row} of {key.Table}: it is not one that the service wrote.");

    /// <summary>Lists numbers, up to a maximum.</summary>
    public static string List<T>(IReadOnlyCollection<T> numbers) =>
        string.Join(", ", numbers.Take(MaxNumbers))
        + (numbers.Count > MaxNumbers ? $" and {numbers.Count - MaxNumbers} more" : "");

    public void Json<T>(T value, JsonTypeInfo<T> type) =>
        _environment.Out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Asks for confirmation.</summary>
    /// <exception cref="OperatorException">The user declined, or there is no user to ask.</exception>
    public void Confirm(string question, bool isConfirmed)
    {
        if (isConfirmed)
        {
            return;
        }

        if (_environment.Ask is not { } ask)
        {
            throw OperatorException.Usage(
                $"{question} Cannot ask for confirmation: add --yes to do it, or --dry-run to see what it would do."
            );
        }

        if (!ask(question))
        {
            throw OperatorException.Usage("Not confirmed; nothing was done.");
        }
    }

    /// <summary>
    /// Runs an operation and shows its progress: as a bar in a terminal, otherwise as a line every few seconds.
    /// </summary>
    public async Task ProgressAsync(string what, int total, Func<IProgressDisplay, Task> work)
    {
        if (!_environment.IsErrorTerminal)
        {
            await work(new ProgressLines(_error, _environment.Clock, what, total));
            return;
        }

        await _error
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(context => work(new ProgressBarDisplay(context.AddTask(what, maxValue: total), what, total)));
    }
}
