using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace Benchmarks;

/// <summary>
/// What a Functions app needs besides the provider: identity, vault, tables and Service Bus, by a local host in its own
/// process.
/// </summary>
internal sealed class AppEnvironment : IAsyncDisposable
{
    private const int Batch = 100;

    private readonly Child _localHost;
    private readonly ServiceBusClient _client;
    private readonly ServiceBusSender _requests;

    private AppEnvironment(Child localHost, Dictionary<string, string> settings)
    {
        (_localHost, Settings) = (localHost, settings);
        _client = new ServiceBusClient(settings["ServiceBus"]);
        _requests = _client.CreateSender(settings["CancelRequestsQueue"]);
    }

    /// <summary>The app settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    public static async Task<AppEnvironment> StartAsync(Uri upstream)
    {
        var localHost = await Child.StartLocalHostAsync(
            ("LocalHost__ForFunctionsApp", "true"),
            ("LocalHost__DuplicateWindow", MeasuredHost.DuplicateWindow),
            ("Logging__LogLevel__Default", "Warning")
        );
        using HttpClient http = new();
        using var file = JsonDocument.Parse(
            await http.GetStringAsync(new Uri(localHost.Address, "/simulator/local.settings.json"))
        );
        var settings = file
            .RootElement.GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(static value => value.Name, static value => value.Value.GetString()!);
        settings["Onramp__BaseUrl"] = upstream.ToString();
        return new AppEnvironment(localHost, settings);
    }

    /// <summary>Sends requests to the queue.</summary>
    public async Task SendAsync(int count)
    {
        foreach (var numbers in Enumerable.Range(0, count).Chunk(Batch))
        {
            await _requests.SendMessagesAsync(
                numbers.Select(static _ => new ServiceBusMessage(Load.Body)
                {
                    MessageId = Guid.NewGuid().ToString("N"),
                    ContentType = "application/json",
                })
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _requests.DisposeAsync();
        await _client.DisposeAsync();
        await _localHost.DisposeAsync();
    }
}
