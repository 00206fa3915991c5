using System.Globalization;
using Spectre.Console;

namespace Reliability;

/// <summary>Shows a run to a person: a bar while it goes, tables when it is over.</summary>
internal static class Report
{
    private const int ShownViolations = 10;

    public static async Task<RunResult> WithProgressAsync(ReliabilityRun run, RunOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Reliability run: seed [bold]{options.Seed}[/], {options.Requests:N0} requests, {options.Callers} callers");
        var running = run.RunAsync(cancellationToken);
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async progress =>
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
        var injected = Table("injected", "times", result.Injected.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => (fault.Key, fault.Value)).Append(("secret rotations", result.Rotations)));
        var ways = Table("came in as", "requests", result.Records.GroupBy(record => record.Request.Way).OrderBy(way => way.Key).Select(way => (way.Key.ToString(), (long)way.Count())));
        var ends = Table("came to", "requests", result.Records.GroupBy(End).OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => (end.Key, (long)end.Count())));
        AnsiConsole.Write(new Columns(injected, ways, ends) { Expand = false });

        var promises = Table("broken promise", "requests", Invariants.All.Select(promise => (promise, (long)result.Violations.Count(violation => violation.Promise == promise))));
        AnsiConsole.Write(promises);
        foreach (var violation in result.Violations.Take(ShownViolations))
        {
            AnsiConsole.WriteLine($"{violation.Promise.Split(':')[0].ToUpperInvariant()} {violation.Record}");
        }

        var repeat = $"--seed {options.Seed} --requests {options.Requests} --callers {options.Callers}";
        AnsiConsole.WriteLine(result.Violations.Count == 0
            ? $"Every promise kept: {options.Requests} requests in {result.Duration.TotalSeconds:0.0} s ({repeat})."
            : $"{result.Violations.Count} broken promises in {result.Duration.TotalSeconds:0.0} s; the same again: {repeat}");
    }

    private static string End(Record record)
    {
        var outcomes = record.Events.Select(sent => sent.Outcome).Concat(record.DeadLetters.Select(dead => $"dead letter {dead.Reason}")).Order(StringComparer.Ordinal).ToList();
        return outcomes.Count > 0 ? string.Join(" + ", outcomes) : record.Disarmed ? "disarmed" : "nothing";
    }

    private static Table Table(string what, string count, IEnumerable<(string Name, long Count)> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(what).AddColumn(new TableColumn(count).RightAligned());
        foreach (var (name, times) in rows)
        {
            table.AddRow(new Text(name), new Text(times.ToString("N0", CultureInfo.InvariantCulture)));
        }

        return table;
    }
}
