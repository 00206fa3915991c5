using System.Globalization;
using Spectre.Console;

namespace Benchmarks;

/// <summary>
/// All measurements in one run on one machine. The ratios are the result; absolute figures depend on the machine.
/// </summary>
public static class Suite
{
    private const int Connections = 32;

    /// <summary>Prints the usage.</summary>
    public static int Usage()
    {
        Console.Error.WriteLine(
            "Usage: dotnet run -c Release --project tests/Benchmarks -- [--quick|--smoke|--records]"
        );
        return 2;
    }

    /// <summary>Measures and prints the table.</summary>
    public static async Task<int> RunAsync(Scale scale)
    {
        var table = new ResultTable();
        try
        {
            await RunAsync(table, scale);
        }
        finally
        {
            // Results are shown even if a later step fails.
            table.Write();
        }

        return 0;
    }

    /// <summary>Measures timeouts and records alone, and prints the table.</summary>
    public static async Task<int> RunRecordsAsync(Scale scale)
    {
        var table = new ResultTable();
        await ArmingPart.MeasureAsync(table, scale);
        await PollingPart.MeasureAsync(table, scale);
        table.Write();
        return 0;
    }

    private static async Task RunAsync(ResultTable table, Scale scale)
    {
        using Load load = new();
        try
        {
            await MeasureAsync(table, scale, load);
        }
        finally
        {
            table.Add("requests that failed", $"{load.Failures}", goal: "0");
        }
    }

    private static async Task MeasureAsync(ResultTable table, Scale scale, Load load)
    {
        await StepAsync("Signing against a bare HMAC-SHA512", () => SigningAsync(table, scale));
        await StepAsync("Bytes of one cancel in our own code", () => AllocationsAsync(table, scale));
        await StepAsync("The core by HTTP against a bare relay", () => CoreAsync(table, scale, load));
        await StepAsync("The local host as it is shipped against the relay", () => LocalHostAsync(table, scale, load));
        await StepAsync(
            "The Functions app in its worker against one with an empty function",
            () => AppAsync(table, scale, load)
        );
        await StepAsync(
            "The local host's Service Bus, by the .NET client",
            () => BrokerClient.MeasureAsync(table, scale)
        );
        await StepAsync("Arming a timeout while others wait", () => ArmingPart.MeasureAsync(table, scale));
        await StepAsync("Callers that ask for the outcome later", () => PollingPart.MeasureAsync(table, scale));
        if (scale.Starts > 0)
        {
            await StepAsync("Start of the local host to its first answered cancel", () => StartAsync(table, scale));
        }
    }

    private static Task SigningAsync(ResultTable table, Scale scale)
    {
        var (bare, sign, allocated) = SigningBenchmark.Measure(scale.Signing);
        table.Add("signing one request", $"{sign:0} ns", $"bare HMAC {bare:0} ns", sign / bare, "at most 1.3");
        table.Add(
            "bytes allocated by signing",
            $"{allocated} B",
            $"two header strings {SigningBenchmark.HeaderBytes} B",
            allocated / (double)SigningBenchmark.HeaderBytes,
            "1"
        );
        return Task.CompletedTask;
    }

    private static async Task AllocationsAsync(ResultTable table, Scale scale)
    {
        var costs = await CoreAllocations.MeasureAsync(scale);
        foreach (var (owner, bytes) in costs.Owners)
        {
            table.Add($"bytes a cancel: {owner}", $"{bytes:0} B");
        }

        var unheard = costs.Owners[^1].Bytes;
        table.Add(
            "  the same with a listener to metrics and spans",
            $"{costs.HeardBytes:0} B",
            $"without {unheard:0} B",
            costs.HeardBytes / unheard
        );
        table.Add(
            "time of a cancel in the core with a listener",
            $"{costs.HeardDuration:0.0} µs",
            $"without {costs.Duration:0.0} µs",
            costs.HeardDuration / costs.Duration
        );
    }

    private static async Task CoreAsync(ResultTable table, Scale scale, Load load)
    {
        await using var upstream = await Child.StartAsync("upstream", "0");
        await using var relay = await Child.StartAsync("relay", upstream.Address.ToString());
        await using var core = await Child.StartAsync("core", upstream.Address.ToString());
        Pair pair = new("relay", load, core.Address, relay.Address, () => core.Cpu, () => relay.Cpu);
        await pair.WarmUpAsync(scale, Connections);
        var (byRelay, byCore) = (await relay.AskNumberAsync("allocated"), await core.AskNumberAsync("allocated"));
        var before = upstream.Cpu;
        await pair.RunAsync(scale, Connections);
        pair.Tell(table, "cancel by HTTP, nothing published", "at least 0.75", "at most 2");
        table.Add(
            "  the upstream's CPU a request, µs",
            $"{(upstream.Cpu - before).TotalMicroseconds / (pair.OwnRequests + pair.OtherRequests):0}"
        );
        byRelay = (await relay.AskNumberAsync("allocated") - byRelay) / pair.OtherRequests;
        byCore = (await core.AskNumberAsync("allocated") - byCore) / pair.OwnRequests;
        table.Add("  bytes a request", $"{byCore:0} B", $"relay {byRelay:0} B", byCore / byRelay);
    }

    private static async Task LocalHostAsync(ResultTable table, Scale scale, Load load)
    {
        await using var upstream = await Child.StartAsync("upstream", "0");
        await using var relay = await Child.StartAsync("relay", upstream.Address.ToString());
        await using var host = await Child.StartLocalHostAsync(("Onramp__BaseUrl", upstream.Address.ToString()));
        Pair pair = new("relay", load, host.Address, relay.Address, () => host.Cpu, () => relay.Cpu);
        await pair.WarmUpAsync(scale, Connections);
        await pair.RunAsync(scale, Connections);
        pair.Tell(table, "local host as shipped, log on, nobody reads", "", "under 20 ms");
        await LongRunAsync(table, host, load, scale);
        await MessagesAsync(table, scale, upstream, pair.PerSecond);
        await load.RunAsync(host.Address, scale.InFlight, scale.Round);
        await load.RunAsync(relay.Address, scale.InFlight, scale.Round);
        var (hostPeak, relayPeak) = (host.Memory().Peak, relay.Memory().Peak);
        table.Add(
            $"peak resident memory, {scale.InFlight} in flight",
            $"{hostPeak:0} MiB",
            $"relay {relayPeak:0} MiB",
            hostPeak / relayPeak
        );
    }

    private static async Task MessagesAsync(ResultTable table, Scale scale, Child upstream, double byHttp)
    {
        await using var host = await Child.StartAsync("host", upstream.Address.ToString());
        await host.AskAsync($"queue {scale.Messages}");
        await host.AskAsync("sample");
        var byMessage = scale.Messages / (await host.AskNumberAsync($"queue {scale.Messages}") / 1000);
        table.Add("cancels/s by queue message", $"{byMessage:0}", $"by HTTP {byHttp:0}", byMessage / byHttp);
        foreach (
            var owner in (await host.AskAsync("owners")).Split('|', StringSplitOptions.RemoveEmptyEntries).Chunk(2)
        )
        {
            table.Add(
                $"  share of its allocations: {owner[0]}",
                $"{double.Parse(owner[1], CultureInfo.InvariantCulture):P0}"
            );
        }
    }

    private static async Task LongRunAsync(ResultTable table, Child host, Load load, Scale scale)
    {
        var parts = (int)(scale.Long / scale.Round);
        var resident = new List<double>();
        long requests = 0;
        for (var part = 0; part < parts; part++)
        {
            requests += (await load.RunAsync(host.Address, Connections, scale.Round)).Requests;
            resident.Add(host.Memory().Now);
        }

        var (first, second) = (resident.Take(parts / 2).Average(), resident.Skip(parts / 2).Average());
        table.Add(
            $"resident memory, second half of {requests:N0} requests",
            $"{second:0} MiB",
            $"first half {first:0} MiB",
            second / first,
            "flat"
        );
        table.Add(
            "  as it went, MiB",
            string.Join(' ', resident.Select(static mebibytes => mebibytes.ToString("0", CultureInfo.InvariantCulture)))
        );
    }

    private static async Task AppAsync(ResultTable table, Scale scale, Load load)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"onramp-benchmark-{Environment.ProcessId}");
        var (app, empty) =
            scale.Starts > 0
                ? (
                    await Startup.PublishAppAsync(
                        Path.Combine(Repository(), "src", "OnrampFunctions"),
                        Path.Combine(folder, "app")
                    ),
                    await Startup.PublishAppAsync(
                        Path.Combine(Repository(), "tests", "EmptyFunction"),
                        Path.Combine(folder, "empty")
                    )
                )
                : (StartedPrograms.Path("OnrampFunctions"), StartedPrograms.Path("EmptyFunction"));
        await using var upstream = await Child.StartAsync("upstream", "0");
        await using var local = await Child.StartLocalHostAsync(
            ("LocalHost__ForFunctionsApp", "true"),
            ("Logging__LogLevel__Default", "Warning")
        );
        var settings = await BrokerClient.FunctionsAppAsync(local);
        settings["Onramp__BaseUrl"] = upstream.Address.ToString();
        await using var own = await Child.StartAsync(settings, "functions", app);
        await using var other = await Child.StartAsync([], "functions", empty);

        List<(double Own, double Other)> starts = [];
        for (var start = 0; start <= scale.Starts; start++)
        {
            starts.Add((await own.AskNumberAsync("start"), await other.AskNumberAsync("start")));
        }

        var (ownWorker, otherWorker) = (
            (int)await own.AskNumberAsync("worker"),
            (int)await other.AskNumberAsync("worker")
        );
        Pair pair = new(
            "empty function",
            load,
            own.Address,
            other.Address,
            () => Child.CpuOf(ownWorker) + own.Cpu,
            () => Child.CpuOf(otherWorker) + other.Cpu
        );
        await pair.WarmUpAsync(scale, Connections);
        var (worker, broker, provider) = (Child.CpuOf(ownWorker), local.Cpu, upstream.Cpu);
        await pair.RunAsync(scale, Connections);
        pair.Tell(table, "app in the worker", "at least 0.8", "", "CPU of the worker and the host before it");
        table.Add("  of which the worker, µs", Each(Child.CpuOf(ownWorker) - worker));
        table.Add(
            "  beside them for each request, µs",
            $"broker {Each(local.Cpu - broker)}, provider {Each(upstream.Cpu - provider)}"
        );
        var (ownPeak, otherPeak) = (Child.MemoryOf(ownWorker).Peak, Child.MemoryOf(otherWorker).Peak);
        table.Add(
            "  its peak resident memory",
            $"{ownPeak:0} MiB",
            $"empty function {otherPeak:0} MiB",
            ownPeak / otherPeak,
            "at most 1.3"
        );
        var (ownStart, otherStart) = (
            Median(starts, static start => start.Own),
            Median(starts, static start => start.Other)
        );
        table.Add(
            "  process start to first answer",
            $"{ownStart:0} ms",
            $"empty function {otherStart:0} ms",
            ownStart / otherStart,
            "at most 1.5"
        );
        if (scale.Starts > 0)
        {
            Directory.Delete(folder, recursive: true);
        }

        string Each(TimeSpan cpu) =>
            (cpu.TotalMicroseconds / pair.OwnRequests).ToString("0", CultureInfo.InvariantCulture);
    }

    private static async Task StartAsync(ResultTable table, Scale scale)
    {
        var repository = Repository();
        var jitted = await Startup.MeasureAsync(repository, Published.Plain, scale.Starts);
        var compiled = await Startup.MeasureAsync(repository, Published.ReadyToRun, scale.Starts);
        var native = await Startup.MeasureAsync(repository, Published.Native, scale.Starts);
        table.Add(
            "start to first cancel, native",
            $"{native:0} ms",
            $"compiled at run time {jitted:0} ms",
            native / jitted,
            "under 400 ms"
        );
        table.Add(
            "start to first cancel, ReadyToRun",
            $"{compiled:0} ms",
            $"compiled at run time {jitted:0} ms",
            compiled / jitted
        );
    }

    private static double Median<T>(List<T> results, Func<T, double> value) =>
        results.Select(value).Order().ElementAt(results.Count / 2);

    private static async Task StepAsync(string what, Func<Task> step)
    {
        AnsiConsole.WriteLine($"{what} …");
        await step();
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OnrampFunctions.sln")))
        {
            folder =
                folder.Parent ?? throw new InvalidOperationException("The benchmarks run inside their repository.");
        }

        return folder.FullName;
    }
}
