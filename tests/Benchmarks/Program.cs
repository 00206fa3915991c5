using Benchmarks;

LoopbackProxy.Bypass();

// The measured parts are separate processes of this program, started with the name of a role.
return args switch
{
    ["upstream", var delay] => await Upstream.RunAsync(
        TimeSpan.FromMilliseconds(int.Parse(delay, null)),
        TimeProvider.System
    ),
    ["relay", var upstream] => await Relay.RunAsync(new Uri(upstream)),
    ["core", var upstream] => await MeasuredHost.RunAsync(new Uri(upstream), publishes: false),
    ["host", var upstream] => await MeasuredHost.RunAsync(new Uri(upstream), publishes: true),
    ["functions", var assembly] => await FunctionsPart.RunAsync(assembly),
    ["load", var target, var connections, var milliseconds] => await SocketLoad.RunAsync(
        new Uri(target),
        int.Parse(connections, null),
        TimeSpan.FromMilliseconds(int.Parse(milliseconds, null))
    ),
    [] => await Suite.RunAsync(Scale.Full),
    ["--records"] => await Suite.RunRecordsAsync(Scale.Full),
    ["--smoke"] => await Suite.RunAsync(Scale.Smoke),
    ["--quick"] => await Suite.RunAsync(Scale.Quick),
    _ => Suite.Usage(),
};
