using System.Globalization;
using Spectre.Console;

namespace Reliability;

/// <summary>Shows a run: a progress bar, and tables at the end. In a file, plain lines.</summary>
internal static class Report
{
    private const int ShownOfEach = 4;

    public static async Task<RunResult> WithProgressAsync(
        ReliabilityRun run,
        RunOptions options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Reliability run: seed {options.Seed}, {options.Requests:N0} requests, {options.Callers} callers"
            )
        );
        var running = run.RunAsync(cancellationToken);
        await AnsiConsole
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("requests", maxValue: options.Requests);
                while (!running.IsCompleted)
                {
                    task.Value = run.Asked;
                    await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellationToken));
                }

                task.Value = run.Asked;
            });
        return await running;
    }

    public static void Show(RunResult result, RunOptions options)
    {
        AnsiConsole.Write(
            new Columns(
                Table("injected", "times", result.Injected),
                Table(
                    "came in as",
                    "requests",
                    Count(
                        result.Records,
                        record => $"{record.Request.Way}{(record.Request.IsPutBack ? ", put back" : "")}"
                    )
                ),
                Table("the service", "times", result.Said),
                Table(
                    "HTTP answers",
                    "times",
                    Count(result.Records.SelectMany(record => record.Answers), answer => answer.ToString())
                ),
                Table("came to", "requests", Count(result.Records, End))
            )
            {
                Expand = false,
            }
        );
        AnsiConsole.Write(
            Table(
                "broken promise",
                "times",
                Promises.All.Select(promise =>
                    KeyValuePair.Create(
                        promise,
                        (long)result.Violations.Count(violation => violation.Promise == promise)
                    )
                ),
                sorted: false
            )
        );
        foreach (
            var violation in result
                .Violations.GroupBy(static violation => violation.Promise)
                .SelectMany(static broken => broken.Take(ShownOfEach))
        )
        {
            Console.WriteLine(
                $"{violation.Promise.Split(':')[0].ToUpperInvariant()} {string.Join(Environment.NewLine, violation.Story)}"
            );
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Exported {result.Exported.Values.Sum():N0} spans, metrics and log records of {result.Exported.Count:N0} names."
            )
        );
        ShowWorkers(result, options);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Searched {result.Searched.Texts:N0} texts for {result.Searched.Secrets:N0} secrets."
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Violations.Count == 0 ? "Every promise kept" : $"{result.Violations.Count} broken promises")}: "
                    + $"{options.Requests} requests in {result.Duration.TotalSeconds:0.0} s. The same again: --seed {options.Seed} --requests {options.Requests} --callers {options.Callers}{WorkerOptions(options)}"
            )
        );
    }

    private static string WorkerOptions(RunOptions options) =>
        options.Workers == 0
            ? ""
            : $" --workers {options.Workers}"
                + (options.CallsPerSecond > 0 ? $" --calls-per-second {options.CallsPerSecond}" : "");

    private static void ShowWorkers(RunResult result, RunOptions options)
    {
        if (options.Workers == 0)
        {
            return;
        }

        var lost = result.Records.Sum(static record => record.LostAnswers);
        var budget =
            options.CallsPerSecond > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"; the budget of {options.CallsPerSecond:N0} allows {RunRules.Most(options.CallsPerSecond):N0}"
                )
                : "";
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Workers} workers, killed {result.Kills} times; {lost:N0} answers were lost and asked for again."
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Most calls in any second: {result.Calls.Calls:N0}, from {result.Calls.From.TotalSeconds:0.000} s{budget}."
            )
        );
    }

    private static string End(Record record)
    {
        var ends = record
            .Events.Select(sent => sent.ReasonCode is { } reason ? $"{sent.Outcome}/{reason}" : sent.Outcome)
            .Concat(record.DeadLetters.Select(dead => $"dead: {dead.Reason}"))
            .CountBy(end => end)
            .Select(counted => counted.Value == 1 ? counted.Key : $"{counted.Value} × {counted.Key}")
            .Order(StringComparer.Ordinal)
            .ToList();
        if (ends.Count > 0)
        {
            return string.Join(" + ", ends);
        }

        return record.Disarmed ? "nothing: disarmed" : "nothing";
    }

    private static IEnumerable<KeyValuePair<string, long>> Count<T>(IEnumerable<T> items, Func<T, string> name) =>
        items.CountBy(name).Select(counted => KeyValuePair.Create(counted.Key, (long)counted.Value));

    private static Table Table(
        string what,
        string count,
        IEnumerable<KeyValuePair<string, long>> rows,
        bool sorted = true
    )
    {
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumn(new TableColumn(what).NoWrap())
            .AddColumn(new TableColumn(count).RightAligned());
        foreach (var (name, times) in sorted ? rows.OrderBy(row => row.Key, StringComparer.Ordinal) : rows)
        {
            table.AddRow(new Text(name), new Text(times.ToString("N0", CultureInfo.InvariantCulture)));
        }

        return table;
    }
}
