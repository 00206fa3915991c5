using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console.Rendering;

namespace OnrampFunctions.Operator.Output;

/// <summary>
/// Where a command writes: results to standard output, as tables for people or as JSON for scripts; everything else to
/// standard error. Whatever comes in as a <see cref="string"/> is written as it is, without markup.
/// </summary>
internal sealed class Screen
{
    private const int MaxNumbers = 20;

    // Nothing is wrapped for a program that reads lines.
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

    /// <summary>Where results for people go.</summary>
    public IAnsiConsole Out => _out;

    public bool IsOutTerminal => _environment.IsOutTerminal;

    /// <summary>A console on a writer, with colours and moving parts only for people.</summary>
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

    /// <summary>An empty table that fits where it is shown.</summary>
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

    /// <summary>One line of the result.</summary>
    public void Line(string text) => _out.WriteLine(text);

    /// <summary>One line beside the result.</summary>
    public void Note(string text) => _error.WriteLine(text);

    /// <summary>Says which messages were skipped because the client cannot decode them.</summary>
    public void NoteUnreadable(IReadOnlyCollection<UnreadableNumbers> numbers)
    {
        if (numbers.Count > 0)
        {
            Note(
                $"Skipped what cannot be read, number {List(numbers)}: an application property has a value that AMQP 1.0 does not allow there."
            );
        }
    }

    /// <summary>As many numbers as fit a line.</summary>
    public static string List<T>(IReadOnlyCollection<T> numbers) =>
        string.Join(", ", numbers.Take(MaxNumbers))
        + (numbers.Count > MaxNumbers ? $" and {numbers.Count - MaxNumbers} more" : "");

    public void Json<T>(T value, JsonTypeInfo<T> type) =>
        _environment.Out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Asks before what cannot be undone.</summary>
    /// <exception cref="OperatorException">The answer is no, or there is nobody to give one.</exception>
    public void Confirm(string question, bool isConfirmed)
    {
        if (isConfirmed)
        {
            return;
        }

        if (_environment.Ask is not { } ask)
        {
            throw OperatorException.Usage(
                $"{question} There is nobody to ask: say --yes to do it, or --dry-run to see what it would do."
            );
        }

        if (!ask(question))
        {
            throw OperatorException.Usage("Nothing was done: it was not confirmed.");
        }
    }

    /// <summary>
    /// Does something that takes a while, and shows how far it is: a bar for people, now and then a line for a log.
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
