using System.Globalization;
using Benchmarks;

LoopbackProxy.Bypass();

// The measured parts are separate processes of this program, started with the name of a role.
return args switch
{
    ["upstream"] => await Upstream.RunAsync(),
    ["relay", var upstream] => await Relay.RunAsync(new Uri(upstream)),
    ["core", var upstream] => await MeasuredHost.RunAsync(new Uri(upstream), publishes: false),
    ["host", var upstream] => await MeasuredHost.RunAsync(new Uri(upstream), publishes: true),
    ["functions", var assembly] => await FunctionsPart.RunAsync(assembly),
    ["load", var target, var connections, var milliseconds] => await SocketLoad.RunAsync(
        new Uri(target),
        int.Parse(connections, CultureInfo.InvariantCulture),
        TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture))
    ),
    [] => await Suite.RunAsync(Scale.Full),
    ["--smoke"] => await Suite.RunAsync(Scale.Smoke),
    ["--quick"] => await Suite.RunAsync(Scale.Quick),
    _ => Suite.Usage(),
};
