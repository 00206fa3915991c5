using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using FunctionsHost;

namespace Benchmarks;

/// <summary>
/// The host side of the worker protocol, for one worker with the settings of the environment. Commands on standard
/// input: <c>start</c> (replaces the worker and returns the milliseconds until its first response), <c>listen F</c>
/// (sends the messages of the queue to function F), <c>expect N</c>, <c>completed</c> (returns the milliseconds in
/// which N messages were completed) and <c>worker</c> (returns its process id).
/// </summary>
internal static class FunctionsPart
{
    public static async Task<int> RunAsync(string assembly)
    {
        using var stop = new CancellationTokenSource();
        await using var host = await WorkerHost.StartAsync(stop.Token);
        Console.WriteLine(host.Http);
        WorkerProgram program = new(assembly);
        Worker? worker = null;
        Counter messages = new();
        host.MessageCompleted += messages.Increment;
        var completed = Task.FromResult(0.0);
        while (await Console.In.ReadLineAsync(stop.Token) is { } command)
        {
            switch (command.Split(' '))
            {
                case ["start"]:
                    worker?.Dispose();
                    var begun = Stopwatch.GetTimestamp();
                    worker = await host.StartWorkerAsync(program, stop.Token);
                    await CancelAsync(host.Http);
                    Answer(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    break;
                case ["listen", var function]:
                    worker ??= await host.StartWorkerAsync(program, stop.Token);
                    await ListenAsync(host, function, stop.Token);
                    Answer(0);
                    break;
                case ["expect", var count]:
                    completed = MeasureAsync(messages, int.Parse(count, CultureInfo.InvariantCulture));
                    Answer(0);
                    break;
                case ["completed"]:
                    Answer(await completed);
                    break;
                case ["worker"]:
                    Answer(worker!.Process.Id);
                    break;
                default:
                    throw new ArgumentException($"'{command}' is not a command.");
            }
        }

        worker?.Dispose();
        return 0;
    }

    private static void Answer(double number) => Console.WriteLine(number.ToString(CultureInfo.InvariantCulture));

    private static async Task<double> MeasureAsync(Counter messages, int count)
    {
        var start = Stopwatch.GetTimestamp();
        await messages.WhenAsync(count);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Task ListenAsync(WorkerHost host, string function, CancellationToken cancellationToken) =>
        host.ListenAsync(
            Setting("ServiceBus"),
            Setting("CancelRequestsQueue"),
            subscription: null,
            function,
            cancellationToken
        );

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");

    private static async Task CancelAsync(Uri host)
    {
        using HttpClient http = new() { BaseAddress = host };
        using var body = new StringContent(Load.Body, new MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync(new Uri(Load.Path, UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
    }
}
