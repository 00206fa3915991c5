namespace Benchmarks;

/// <summary>The local host, and the core in it.</summary>
internal sealed class LocalHostPart(ResultTable table, Scale scale, Load load, Uri upstream)
{
    private const string NodeService = "tests/Programs/NodeService";

    /// <summary>The core by HTTP, which publishes nothing.</summary>
    public async Task CoreAsync()
    {
        await using var relay = await Child.StartAsync("relay", upstream.ToString());
        await using var core = await Child.StartAsync("core", upstream.ToString());
        var (own, other) = (Http(core), Http(relay));
        await MeasureAsync(own, other);
        table.Compare("core by HTTP", "0'/s'", own.PerSecond, "relay", other.PerSecond, Goal.AtLeast(0.8));
        table.Compare("… p99", "0.00 'ms'", own.P99, "relay", other.P99, Goal.AtMost(1.5));
        table.Compare("… CPU a request", "0 'µs'", own.Cpu, "relay", other.Cpu);
    }

    /// <summary>The local host as shipped, with logging.</summary>
    public async Task NodeAsync()
    {
        var folder = Path.Combine(Programs.Repository, NodeService);
        if (Programs.Find("node") is null || !Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            table.Add("local host by HTTP", $"skipped: install Node and run npm ci in {NodeService}");
            return;
        }

        await using var node = await Child.StartNodeAsync(Path.Combine(folder, "service.mjs"), upstream);
        await using var host = await StartAsync();
        var (own, other) = (Http(host), Http(node));
        await MeasureAsync(own, other);
        table.Compare("local host by HTTP", "0'/s'", own.PerSecond, "Node", other.PerSecond, Goal.AtLeast(1.3));
        table.Compare("… p99", "0.00 'ms'", own.P99, "Node", other.P99, Goal.AtMost(1));
        table.Compare("… CPU a cancel", "0 'µs'", own.Cpu, "Node", other.Cpu);
    }

    /// <summary>Messages that are in its queue, without a connection.</summary>
    public async Task QueueAsync()
    {
        await using var host = await Child.StartAsync("host", upstream.ToString());
        Part own = new(
            async () => LoadResult.OfMessages(scale.Messages, await host.AskNumberAsync($"{scale.Messages}")),
            () => host.Cpu
        );
        var other = Http(host);
        await MeasureAsync(own, other);
        table.Compare("local host by queue", "0'/s'", own.PerSecond, "by HTTP", other.PerSecond, Goal.AtLeast(0.5));
        table.Compare("… CPU a cancel", "0 'µs'", own.Cpu, "by HTTP", other.Cpu);
    }

    /// <summary>New instances of the local host as shipped.</summary>
    public async Task YoungAsync()
    {
        Youth youth = new(scale, load);
        for (var instance = 0; instance < scale.Instances; instance++)
        {
            await using var host = await StartAsync();
            await youth.MeasureAsync(host.Address);
        }

        youth.Report(table, "local host", Youth.Goal);
    }

    private Task<Child> StartAsync() => Child.StartLocalHostAsync(("Onramp__BaseUrl", upstream.ToString()));

    private Part Http(Child server) => new(() => load.RunAsync(scale.Round, server.Address), () => server.Cpu);

    private async Task MeasureAsync(params IReadOnlyList<Part> parts)
    {
        await Part.WarmUpAsync(scale.WarmUp, parts);
        await Part.RunAsync(scale.Rounds, parts);
    }
}
