namespace Benchmarks;

/// <summary>
/// The Functions app in its worker, against the function that a user would write instead in the same worker. Each has
/// its own vault and broker; the provider is the same.
/// </summary>
internal sealed class AppPart(
    ResultTable table,
    Scale scale,
    Load load,
    AppEnvironment environment,
    AppEnvironment otherEnvironment
)
{
    private const string Opponent = "plain function";
    private const string App = "OnrampFunctions";
    private const string Plain = "PlainFunction";
    private const string QueueWorker = "QueueWorker";

    private const int Worker = 0;
    private const int Host = 1;

    public static async Task MeasureAsync(ResultTable table, Scale scale, Load load, Uri upstream)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"onramp-benchmark-{Environment.ProcessId}");
        await using var environment = await AppEnvironment.StartAsync(upstream);
        await using var otherEnvironment = await AppEnvironment.StartAsync(upstream);
        AppPart part = new(table, scale, load, environment, otherEnvironment);
        try
        {
            await part.StartsAsync("compiled at run time", Programs.Built(App), Programs.Built(Plain));
            if (scale.IsPublished)
            {
                var app = await PublishAsync("src", App, folder);
                var plain = await PublishAsync("tests/Programs", Plain, folder);
                await part.StartsAsync("ReadyToRun", app, plain);
                await part.HttpAsync(app, plain);
                await part.QueueAsync(await PublishAsync("tests/Programs", QueueWorker, folder), plain);
            }
            else
            {
                table.Add("app, start to first answer, ReadyToRun", "skipped: only a full run publishes the apps");
                await part.HttpAsync(Programs.Built(App), Programs.Built(Plain));
                await part.QueueAsync(Programs.Built(QueueWorker), Programs.Built(Plain));
            }
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static Task<string> PublishAsync(string parent, string project, string folder) =>
        Publisher.PublishAsync(Path.Combine(Programs.Repository, parent, project), Path.Combine(folder, project));

    private async Task StartsAsync(string build, string app, string plain)
    {
        await using var own = await FunctionsApp.StartAsync(app, environment);
        await using var other = await FunctionsApp.StartAsync(plain, otherEnvironment);
        var (starts, others) = (new List<double>(), new List<double>());
        for (var start = 0; start < scale.Starts; start++)
        {
            others.Add(await other.StartWorkerAsync());
            starts.Add(await own.StartWorkerAsync());
        }

        table.Compare($"app, start to first answer, {build}", "0 'ms'", starts, Opponent, others, Goal.AtMost(1.1));
    }

    private async Task HttpAsync(string app, string plain)
    {
        await using var own = await FunctionsApp.StartAsync(app, environment);
        await using var other = await FunctionsApp.StartAsync(plain, otherEnvironment);
        var (youth, otherYouth) = (new Youth(scale, load), new Youth(scale, load));
        for (var instance = 0; instance < scale.Instances; instance++)
        {
            await other.StartWorkerAsync();
            await otherYouth.MeasureAsync(other.Address);
            await own.StartWorkerAsync();
            await youth.MeasureAsync(own.Address);
        }

        var (part, otherPart) = (Http(own), Http(other));
        await Part.WarmUpAsync(scale.WarmUp, otherPart, part);
        await Part.RunAsync(scale.Rounds, otherPart, part);
        Compare("app by HTTP", "0'/s'", static one => one.PerSecond, Goal.AtLeast(0.95));
        Compare("… p50", "0.0 'ms'", static one => one.P50);
        Compare("… p99", "0.0 'ms'", static one => one.P99, Goal.AtMost(1.1));
        Compare("… CPU a cancel, worker and host", "0 'µs'", static one => one.Cpu, Goal.AtMost(1.05));
        Compare("… of which the worker", "0 'µs'", static one => one.CpuOf(Worker));
        Compare("… of which the host before it", "0 'µs'", static one => one.CpuOf(Host));
        table.Compare(
            "… peak memory of the worker",
            "0 'MiB'",
            [own.PeakMemory],
            Opponent,
            [other.PeakMemory],
            Goal.AtMost(1.1)
        );
        youth.Report(table, "app by HTTP", Youth.Goal);
        otherYouth.Report(table, Opponent);
        await FleetAsync(app, own);

        void Compare(string what, string format, Func<Part, IReadOnlyList<double>> values, Goal? goal = null) =>
            table.Compare(what, format, values(part), Opponent, values(otherPart), goal);
    }

    /// <summary>
    /// One, two and four workers, each with a host before it and under the load of one: more instances come with more
    /// load.
    /// </summary>
    private async Task FleetAsync(string app, FunctionsApp first)
    {
        await using var second = await AnotherAsync();
        await using var third = await AnotherAsync();
        await using var fourth = await AnotherAsync();
        var (one, two, four) = (Http(first), Http(first, second), Http(first, second, third, fourth));
        await Part.WarmUpAsync(scale.WarmUp, four);
        await Part.RunAsync(scale.Rounds, one, two, four);
        table.Compare("app, CPU a cancel, two workers", "0 'µs'", two.Cpu, "one worker", one.Cpu);
        table.Compare("app, CPU a cancel, four workers", "0 'µs'", four.Cpu, "one worker", one.Cpu);

        async Task<FunctionsApp> AnotherAsync()
        {
            var another = await FunctionsApp.StartAsync(app, environment);
            await another.StartWorkerAsync();
            return another;
        }
    }

    private async Task QueueAsync(string queueWorker, string plain)
    {
        await using var own = await FunctionsApp.StartAsync(queueWorker, environment);
        await using var other = await FunctionsApp.StartAsync(plain, otherEnvironment);
        await own.ListenAsync("Delivery");
        await other.ListenAsync("Delivery");
        var (part, otherPart) = (Messages(own), Messages(other));
        await Part.WarmUpAsync(scale.WarmUp, otherPart, part);
        await Part.RunAsync(scale.Rounds, otherPart, part);
        Compare("app by queue message", "0'/s'", static one => one.PerSecond, Goal.AtLeast(0.95));
        Compare("… CPU a message, worker and host", "0 'µs'", static one => one.Cpu);
        Compare("… of which the worker", "0 'µs'", static one => one.CpuOf(Worker));

        void Compare(string what, string format, Func<Part, IReadOnlyList<double>> values, Goal? goal = null) =>
            table.Compare(what, format, values(part), Opponent, values(otherPart), goal);
    }

    private Part Messages(FunctionsApp app) =>
        new(() => app.RunMessagesAsync(scale.Messages), () => app.WorkerCpu, () => app.HostCpu);

    private Part Http(params IReadOnlyList<FunctionsApp> apps) =>
        new(
            () => load.RunAsync(scale.Round, [.. apps.Select(static app => app.Address)]),
            () => Sum(apps, static app => app.WorkerCpu),
            () => Sum(apps, static app => app.HostCpu)
        );

    private static TimeSpan Sum(IReadOnlyList<FunctionsApp> apps, Func<FunctionsApp, TimeSpan> cpu) =>
        apps.Aggregate(TimeSpan.Zero, (sum, app) => sum + cpu(app));
}
