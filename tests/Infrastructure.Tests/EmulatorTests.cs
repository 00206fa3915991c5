using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;

namespace Infrastructure.Tests;

/// <summary>
/// The configuration of the official emulator matches the resources in Azure as far as the emulator supports them, and
/// works with the local host too.
/// </summary>
public sealed class EmulatorTests(Compilation bicep)
{
    private const string File = "infra/emulator/Config.json";
    private const string Namespace = "Microsoft.ServiceBus/namespaces";

    private static JsonElement Entities => Repository.Json(File).At("UserConfig", "Namespaces")[0];

    [Fact]
    public void Has_the_queue_the_topic_and_the_subscriptions_of_azure()
    {
        Assert.Equal("sbemulatorns", Entities.Text("Name"));
        Assert.Equal(
            Names(bicep["dev"], "queues"),
            Entities.GetProperty("Queues").EnumerateArray().Select(q => q.Text("Name"))
        );
        Assert.Equal(
            Names(bicep["dev"], "topics"),
            Entities.GetProperty("Topics").EnumerateArray().Select(t => t.Text("Name"))
        );
        Assert.Equal(Names(bicep["dev"], "topics/subscriptions"), Inboxes.Select(s => s.Text("Name")));

        string filter = Assert
            .Single(Inboxes, s => s.TryGetProperty("Rules", out _))
            .GetProperty("Rules")[0]
            .At("Properties", "CorrelationFilter", "Properties")
            .GetRawText();
        Assert.Equal(
            Regex.Replace(
                bicep["dev"]
                    .Only($"{Namespace}/topics/subscriptions/rules")
                    .At("properties", "correlationFilter", "properties")
                    .GetRawText(),
                @"\s",
                ""
            ),
            Regex.Replace(filter, @"\s", "")
        );
    }

    /// <summary>
    /// Its largest values, from Azure/azure-service-bus-emulator-installer,
    /// ServiceBus-Emulator/Schema/Config-schema.json. With larger values it does not start.
    /// </summary>
    [Fact]
    public void Asks_the_emulator_for_no_more_than_it_does() =>
        Assert.All(
            Entities
                .GetProperty("Queues")
                .EnumerateArray()
                .Concat(Entities.GetProperty("Topics").EnumerateArray())
                .Concat(Inboxes)
                .Select(e => e.GetProperty("Properties")),
            properties =>
            {
                Assert.InRange(
                    properties.Duration("DefaultMessageTimeToLive"),
                    TimeSpan.FromMinutes(5),
                    TimeSpan.FromHours(1)
                );
                Assert.True(
                    !properties.TryGetProperty("DuplicateDetectionHistoryTimeWindow", out _)
                        || properties.Duration("DuplicateDetectionHistoryTimeWindow") <= TimeSpan.FromMinutes(5)
                );
                Assert.True(
                    !properties.TryGetProperty("MaxDeliveryCount", out var deliveries)
                        || deliveries.GetInt32() is >= 1 and <= 10
                );
                Assert.True(
                    !properties.TryGetProperty("LockDuration", out _)
                        || properties.Duration("LockDuration") <= TimeSpan.FromMinutes(5)
                );
            }
        );

    [Fact]
    public void Gives_the_containers_the_files_and_the_doors_they_need()
    {
        string compose = Repository.Read("compose.yaml");

        Assert.Contains($"./{File}:/ServiceBus_Emulator/ConfigFiles/Config.json", compose, StringComparison.Ordinal);
        Assert.All(
            Regex.Matches(compose, @"- (?<port>\S+:\d+:\d+)"),
            m => Assert.StartsWith("127.0.0.1:", m.Groups["port"].Value, StringComparison.Ordinal)
        );
        Assert.All(
            Regex.Matches(compose, @"image: (?<image>\S+)"),
            m => Assert.Matches(@":\d[\w.-]+$", m.Groups["image"].Value)
        );
    }

    [Fact]
    public async Task Serves_the_local_host_as_well()
    {
        await using LocalApp host = LocalApp.Create(
            ["--urls", "http://127.0.0.1:0"],
            new LocalHostOptions
            {
                Quiet = true,
                Settings = new Dictionary<string, string?> { ["LocalHost__EmulatorConfig"] = Repository.PathOf(File) },
            }
        );
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = host.BaseAddress };
        using var body = new StringContent("""{"orderId":"1443"}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await http.PostAsync(
            new Uri("api/orders/cancel", UriKind.Relative),
            body,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var client = new ServiceBusClient(host.ServiceBusConnectionString);
        await using ServiceBusReceiver all = client.CreateReceiver("cancel-results", "all"),
            failures = client.CreateReceiver("cancel-results", "failures");
        ServiceBusReceivedMessage outcome = await all.ReceiveMessageAsync(
            TimeSpan.FromSeconds(10),
            TestContext.Current.CancellationToken
        );
        Assert.Equal("cancelled", outcome.ApplicationProperties["outcome"]);
        Assert.Null(await failures.PeekMessageAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    private static IEnumerable<JsonElement> Inboxes =>
        Entities.GetProperty("Topics")[0].GetProperty("Subscriptions").EnumerateArray();

    private static IEnumerable<string> Names(Snapshot snapshot, string entity) =>
        snapshot.OfType($"{Namespace}/{entity}").Select(e => e.Text("name").Split('/')[^1]).Order();
}
