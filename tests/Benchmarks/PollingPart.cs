using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Benchmarks;

/// <summary>Callers that do not wait for the outcome, and ask for it until it is there.</summary>
internal static class PollingPart
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task MeasureAsync(ResultTable table, Scale scale)
    {
        List<double> lags = [];
        using MeterListener meters = new();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "onramp.record.lag")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<double>(
            (_, lag, _, _) =>
            {
                lock (lags)
                {
                    lags.Add(lag);
                }
            }
        );
        meters.Start();
        await using var host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions { Quiet = true, Settings = new Dictionary<string, string?>() }
        );
        await host.StartAsync();
        using HttpClient http = new() { BaseAddress = host.BaseAddress };
        using CancellationTokenSource limit = new(Limit, TimeProvider.System);
        var finished = await Task.WhenAll(
            Enumerable.Range(0, scale.InFlight).Select(_ => IsFinishedAsync(http, limit.Token))
        );
        var found = finished.Count(static one => one);
        table.Add($"deferred requests that were found finished, of {scale.InFlight}", $"{found}", goal: "all");
        lags.Sort();
        table.Add(
            "  from the outcome to its record, p99",
            $"{lags[lags.Count * 99 / 100] * 1000:0} ms",
            $"median {lags[lags.Count / 2] * 1000:0} ms"
        );
    }

    private static async Task<bool> IsFinishedAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "api/orders/cancel")
        {
            Headers = { { "Prefer", "respond-async" } },
            Content = new StringContent("""{"orderId":"1443"}""", Encoding.UTF8, "application/json"),
        };
        using var accepted = await http.SendAsync(request, cancellationToken);
        if (accepted.StatusCode != HttpStatusCode.Accepted)
        {
            return false;
        }

        try
        {
            while (true)
            {
                using var json = JsonDocument.Parse(
                    await http.GetStringAsync(accepted.Headers.Location, cancellationToken)
                );
                if (json.RootElement.GetProperty("state").GetString() == "finished")
                {
                    return true;
                }

                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
