using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using FunctionsHost;

namespace Benchmarks;

/// <summary>
/// The host side of the worker protocol, for one worker with the settings of the environment. Commands on standard
/// input: <c>start</c> (stops the worker, starts another one and returns the milliseconds until its first response) and
/// <c>worker</c> (returns its process id).
/// </summary>
internal static class FunctionsPart
{
    public static async Task<int> RunAsync(string assembly)
    {
        using var stop = new CancellationTokenSource();
        await using var host = await WorkerHost.StartAsync(stop.Token);
        Console.WriteLine(host.Http);
        Worker? worker = null;
        while (await Console.In.ReadLineAsync(stop.Token) is { } question)
        {
            if (question == "start")
            {
                worker?.Dispose();
                var begun = Stopwatch.GetTimestamp();
                worker = await host.StartWorkerAsync(new WorkerProgram(assembly), stop.Token);
                await CancelAsync(host.Http);
                Console.WriteLine(
                    Stopwatch.GetElapsedTime(begun).TotalMilliseconds.ToString(CultureInfo.InvariantCulture)
                );
            }
            else
            {
                Console.WriteLine(worker!.Process.Id);
            }
        }

        worker?.Dispose();
        return 0;
    }

    private static async Task CancelAsync(Uri host)
    {
        using HttpClient http = new() { BaseAddress = host };
        using var body = new ByteArrayContent("""{"orderId":"1443"}"""u8.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(new Uri(Load.Path, UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
    }
}
