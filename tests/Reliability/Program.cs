using Reliability;

LoopbackProxy.Bypass();

if (RunOptions.Parse(args, TimeProvider.System) is not { } options)
{
    await Console.Error.WriteLineAsync(RunOptions.Usage);
    return 2;
}

if (options.Timeouts > 0)
{
    return await new ScaleRun(options, TimeProvider.System).RunAsync(CancellationToken.None) ? 0 : 1;
}

var result = await Report.WithProgressAsync(
    new ReliabilityRun(options, TimeProvider.System),
    options,
    TimeProvider.System,
    CancellationToken.None
);
Report.Show(result, options);
return result.Violations.Count == 0 ? 0 : 1;
