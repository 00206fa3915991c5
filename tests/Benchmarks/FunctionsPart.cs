using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using FunctionsHost;

namespace Benchmarks;

/// <summary>
/// The Functions host's side of the worker protocol, in front of one worker with the environment's settings. Takes
/// questions on standard input: <c>start</c> (ends the worker that runs, starts one and answers how many milliseconds
/// it took to its first answer) and <c>worker</c> (its process id).
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
