using Reliability;

LoopbackProxy.Bypass();

if (RunOptions.Parse(args, TimeProvider.System) is not { } options)
{
    await Console.Error.WriteLineAsync(RunOptions.Usage);
    return 2;
}

var result = await Report.WithProgressAsync(
    new ReliabilityRun(options, TimeProvider.System),
    options,
    TimeProvider.System,
    CancellationToken.None
);
Report.Show(result, options);
return result.Violations.Count == 0 ? 0 : 1;
