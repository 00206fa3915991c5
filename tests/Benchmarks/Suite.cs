using System.Globalization;
using Spectre.Console;

namespace Benchmarks;

/// <summary>All measurements in one run on one machine. The ratios are the result; absolute figures belong to the machine.</summary>
public static class Suite
{
    private const int Connections = 64;

    /// <summary>Says how the program is called.</summary>
    public static int Usage()
    {
        Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Benchmarks -- [--quick]");
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
            // Whatever was measured is shown, even when a later step fails.
            table.Write();
        }

        return 0;
    }

    private static async Task RunAsync(ResultTable table, Scale scale)
    {
        await StepAsync("Signing against a bare HMAC-SHA512", () => SigningAsync(table, scale));
        await StepAsync("Bytes of one cancel in our own code", () => AllocationsAsync(table, scale));
        await StepAsync("HTTP against a bare relay, and the queue", () => LoadAsync(table, scale));
        await StepAsync($"Memory with {scale.InFlight} requests in flight", () => InFlightAsync(table, scale));
        if (scale.Starts > 0)
        {
            await StepAsync("Start to first answered cancel", () => StartAsync(table, scale));
        }
    }

    private static Task SigningAsync(ResultTable table, Scale scale)
    {
        var (bare, sign, allocated) = SigningBenchmark.Measure(scale.Signing);
        table.Add("signing one request", $"{sign:0} ns", $"bare HMAC {bare:0} ns", sign / bare, "at most 1.3");
        table.Add("bytes allocated by signing", $"{allocated} B", $"two header strings {SigningBenchmark.HeaderBytes} B", allocated / (double)SigningBenchmark.HeaderBytes, "1");
        return Task.CompletedTask;
    }

    private static async Task AllocationsAsync(ResultTable table, Scale scale)
    {
        var costs = await CoreAllocations.MeasureAsync(scale.WarmUpRequests / 100);
        foreach (var (owner, bytes) in costs.Owners)
        {
            table.Add($"bytes a cancel: {owner}", $"{bytes:0} B");
        }

        var unheard = costs.Owners[^1].Bytes;
        table.Add("  the same with a listener to metrics and spans", $"{costs.HeardBytes:0} B", $"without {unheard:0} B", costs.HeardBytes / unheard);
        table.Add("time of a cancel in the core with a listener", $"{costs.HeardDuration:0.0} µs", $"without {costs.Duration:0.0} µs", costs.HeardDuration / costs.Duration);
    }

    private static async Task LoadAsync(ResultTable table, Scale scale)
    {
        await using var upstream = await Child.StartAsync("upstream", "0");
        await using var relay = await Child.StartAsync("relay", upstream.Address.ToString());
        await using var host = await Child.StartAsync("host", upstream.Address.ToString());
        using var toRelay = new Load(relay.Address, Connections);
        using var toHost = new Load(host.Address, Connections);
        await toRelay.RunAsync(scale.WarmUpRequests);
        await toHost.RunAsync(scale.WarmUpRequests);

        var relays = new List<LoadResult>();
        var hosts = new List<LoadResult>();
        var (byRelay, byHost) = (await relay.AskNumberAsync("allocated"), await host.AskNumberAsync("allocated"));
        for (var round = 0; round < scale.Rounds; round++)
        {
            relays.Add(await toRelay.RunAsync(scale.RoundRequests));
            hosts.Add(await toHost.RunAsync(scale.RoundRequests));
        }

        double requests = scale.Rounds * scale.RoundRequests;
        byRelay = (await relay.AskNumberAsync("allocated") - byRelay) / requests;
        byHost = (await host.AskNumberAsync("allocated") - byHost) / requests;
        Compare(table, "requests/s by HTTP", hosts, relays, result => result.PerSecond, "0", "at least 0.75");
        Compare(table, "p50, ms", hosts, relays, result => result.P50, "0.00", "");
        Compare(table, "p99, ms", hosts, relays, result => result.P99, "0.00", "at most 1.5");
        table.Add("bytes a cancel: whole process, by HTTP", $"{byHost:0} B", $"relay {byRelay:0} B", byHost / byRelay);
        await OwnersAsync(table, host, toHost, scale, byHost);

        await host.AskAsync($"queue {scale.Messages}");
        var byMessage = scale.Messages / (await host.AskNumberAsync($"queue {scale.Messages}") / 1000);
        var byHttp = Median(hosts, result => result.PerSecond);
        table.Add("cancels/s by queue message", $"{byMessage:0}", $"by HTTP {byHttp:0}", byMessage / byHttp, "at least 1");
        await LongRunAsync(table, host, toHost, scale);
    }

    private static async Task OwnersAsync(ResultTable table, Child host, Load load, Scale scale, double bytes)
    {
        await host.AskAsync("sample");
        await load.RunAsync(scale.Rounds * scale.RoundRequests / 2);
        foreach (var owner in (await host.AskAsync("owners")).Split('|', StringSplitOptions.RemoveEmptyEntries).Chunk(2))
        {
            table.Add($"  of these: {owner[0]}", $"{bytes * double.Parse(owner[1], CultureInfo.InvariantCulture):0} B");
        }
    }

    private static async Task LongRunAsync(ResultTable table, Child host, Load load, Scale scale)
    {
        const int parts = 8;
        var live = await host.AskNumberAsync("live");
        var resident = new List<double>();
        for (var part = 0; part < parts; part++)
        {
            await load.RunAsync(scale.LongRequests / parts);
            resident.Add(host.Memory().Now);
        }

        var (first, second) = (resident.Take(parts / 2).Average(), resident.Skip(parts / 2).Average());
        var what = $"{scale.LongRequests:N0} requests";
        table.Add($"resident memory, second half of {what}", $"{second:0} MiB", $"first half {first:0} MiB", second / first, "flat");
        table.Add("  as it went, MiB", string.Join(' ', resident.Select(static mebibytes => mebibytes.ToString("0", CultureInfo.InvariantCulture))));
        var after = await host.AskNumberAsync("live");
        table.Add($"memory in use after {what}", $"{after / 1024:0} KiB", $"before {live / 1024:0} KiB", after / live, "flat");
    }

    private static async Task InFlightAsync(ResultTable table, Scale scale)
    {
        await using var upstream = await Child.StartAsync("upstream", "500");
        await using var relay = await Child.StartAsync("relay", upstream.Address.ToString());
        await using var host = await Child.StartAsync("host", upstream.Address.ToString());
        using var toRelay = new Load(relay.Address, scale.InFlight);
        using var toHost = new Load(host.Address, scale.InFlight);
        await toRelay.RunAsync(scale.RoundRequests);
        await toHost.RunAsync(scale.RoundRequests);
        var (hostPeak, relayPeak) = (host.Memory().Peak, relay.Memory().Peak);
        table.Add($"peak resident memory, {scale.InFlight} in flight", $"{hostPeak:0} MiB", $"relay {relayPeak:0} MiB", hostPeak / relayPeak, "");
    }

    private static async Task StartAsync(ResultTable table, Scale scale)
    {
        var repository = Repository();
        var jitted = await Startup.MeasureAsync(repository, Published.Plain, scale.Starts);
        var compiled = await Startup.MeasureAsync(repository, Published.ReadyToRun, scale.Starts);
        var native = await Startup.MeasureAsync(repository, Published.Native, scale.Starts);
        table.Add("start to first cancel, native", $"{native:0} ms", $"compiled at run time {jitted:0} ms", native / jitted, "under 400 ms");
        table.Add("start to first cancel, ReadyToRun", $"{compiled:0} ms", $"compiled at run time {jitted:0} ms", compiled / jitted);
    }

    private static void Compare(ResultTable table, string what, List<LoadResult> hosts, List<LoadResult> relays, Func<LoadResult, double> value, string format, string goal)
    {
        // The ratio of neighbouring rounds: what the machine does meanwhile hits both.
        var ratios = hosts.Zip(relays, (host, relay) => value(host) / value(relay)).Order().ToList();
        var (own, bare) = (Median(hosts, value), Median(relays, value));
        table.Add(what, own.ToString(format, null), $"relay {bare.ToString(format, null)}", ratios[ratios.Count / 2], goal);
    }

    private static double Median(List<LoadResult> results, Func<LoadResult, double> value) => results.Select(value).Order().ElementAt(results.Count / 2);

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
            folder = folder.Parent ?? throw new InvalidOperationException("The benchmarks run inside their repository.");
        }

        return folder.FullName;
    }
}
