using Spectre.Console;

namespace Benchmarks;

/// <summary>
/// All measurements in one run on one machine. The ratios are the result; absolute figures depend on the machine.
/// </summary>
internal static class Suite
{
    /// <summary>Prints the usage.</summary>
    public static int Usage()
    {
        Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Benchmarks -- [--quick|--smoke]");
        return 2;
    }

    /// <summary>Measures and prints the table.</summary>
    public static async Task<int> RunAsync(Scale scale)
    {
        ResultTable table = new();
        using Load load = new();
        try
        {
            await MeasureAsync(table, scale, load);
        }
        finally
        {
            // Results are shown even if a later step fails.
            table.Add($"requests that failed, of all that {load.Generator} sent", $"{load.Failures}");
            table.Write();
        }

        return 0;
    }

    private static async Task MeasureAsync(ResultTable table, Scale scale, Load load)
    {
        await using var upstream = await Child.StartAsync("upstream");
        LocalHostPart localHost = new(table, scale, load, upstream.Address);
        await StepAsync("Signing against a bare HMAC-SHA512", () => SigningAsync(table, scale));
        await StepAsync("The core against a bare relay", localHost.CoreAsync);
        await StepAsync("The local host as shipped against a Node service", localHost.NodeAsync);
        await StepAsync("The local host by queue message against HTTP", localHost.QueueAsync);
        await StepAsync("The first seconds of a local host", localHost.YoungAsync);
        await StepAsync(
            "The app in its worker against the plain function",
            () => AppPart.MeasureAsync(table, scale, load, upstream.Address)
        );
        await StepAsync("Arming a timeout while others wait", () => ArmingPart.MeasureAsync(table, scale));
    }

    private static Task SigningAsync(ResultTable table, Scale scale)
    {
        var (bare, sign) = SigningBenchmark.Measure(scale.Signing);
        table.Compare("signing one request", "0 'ns'", [sign], "a bare HMAC", [bare], Goal.AtMost(1.3));
        return Task.CompletedTask;
    }

    private static async Task StepAsync(string what, Func<Task> step)
    {
        AnsiConsole.WriteLine($"{what} …");
        await step();
    }
}
