using System.Globalization;
using System.Text.Json;

namespace Infrastructure.Tests;

public sealed class MessagingTests(Compilation bicep)
{
    private const string Namespace = "Microsoft.ServiceBus/namespaces";
    private const string RecordsSetting = "CancelRecordsSubscription";
    private static readonly string[] Environments = ["dev", "prod"];

    [Fact]
    public void Calls_queue_and_topic_the_same_everywhere()
    {
        IReadOnlyDictionary<string, string> settings = bicep["prod"].AppSettings();

        Assert.Equal(settings["CancelRequestsQueue"], LastName(bicep["prod"].Only($"{Namespace}/queues")));
        Assert.Equal(settings["CancelResultsTopic"], LastName(bicep["prod"].Only($"{Namespace}/topics")));
        Assert.Equal("cancel-requests", settings["CancelRequestsQueue"]);
        Assert.Equal("cancel-results", settings["CancelResultsTopic"]);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("extremes")]
    public void Makes_every_queue_and_topic_that_the_code_uses_and_no_other(string parameters) =>
        Assert.Equal(
            CodeSettings
                .Entities.Except([RecordsSetting])
                .Select(name => bicep[parameters].AppSettings()[name])
                .Order(),
            bicep[parameters].Entities().Select(static entity => entity.Split('/')[^1]).Order()
        );

    [Fact]
    public void Starts_with_no_entity_left_unnamed() =>
        Assert.All(
            CodeSettings.Entities,
            name =>
                Assert.Contains(
                    CodeSettings.EntityFaults,
                    fault => fault.StartsWith($"{name} is missing", StringComparison.Ordinal)
                )
        );

    [Fact]
    public void Calls_queue_and_topic_as_the_local_sample_does()
    {
        JsonElement values = Repository.Json("local.settings.sample.json").GetProperty("Values");
        IReadOnlyDictionary<string, string> settings = bicep["prod"].AppSettings();

        Assert.All(CodeSettings.Entities, name => Assert.Equal(settings[name], values.Text(name)));
    }

    [Fact]
    public void Watches_the_entities_it_makes()
    {
        string[] watched =
        [
            .. from alert in bicep["extremes"].OfType("Microsoft.Insights/metricAlerts")
            from criterion in alert.At("properties", "criteria", "allOf").EnumerateArray()
            where criterion.Text("metricNamespace") == "Microsoft.ServiceBus/namespaces"
            from entity in criterion.GetProperty("dimensions")[0].GetProperty("values").EnumerateArray()
            select entity.GetString()!,
        ];

        Assert.Equal(
            bicep["extremes"].Entities().Select(static entity => entity.Split('/')[^1]).Order(),
            watched.Distinct().Order()
        );
    }

    /// <summary>
    /// The subscription must never fill the topic, because then no cancel ends: its messages expire and are not
    /// dead-lettered. The largest delivery count that the service accepts is 2,000.
    /// </summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("extremes")]
    [InlineData("narrow")]
    public void Keeps_results_for_the_recorder_but_never_fills_the_topic_with_them(string parameters)
    {
        string name = bicep[parameters].AppSettings()[RecordsSetting];
        JsonElement records = bicep[parameters]
            .Named($"{Namespace}/topics/subscriptions", name)
            .GetProperty("properties");

        Assert.Equal(parameters == "extremes" ? new string('r', 50) : "records", name);
        Assert.False(records.Flag("deadLetteringOnMessageExpiration"));
        Assert.False(records.Flag("deadLetteringOnFilterEvaluationExceptions"));
        Assert.InRange(records.Duration("defaultMessageTimeToLive"), TimeSpan.FromDays(7), TimeSpan.FromDays(14));
        Assert.InRange(records.GetProperty("maxDeliveryCount").GetInt32(), 1000, 2000);
        Assert.Equal(TimeSpan.FromMinutes(1), records.Duration("lockDuration"));
        Assert.DoesNotContain(
            bicep[parameters].OfType($"{Namespace}/topics/subscriptions/rules"),
            rule => rule.Text("name").Contains($"/{name}/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Gives_every_result_to_one_subscription_and_failures_to_another()
    {
        Assert.Equal(
            ["all", "failures", "records"],
            bicep["prod"].OfType($"{Namespace}/topics/subscriptions").Select(LastName).Order()
        );

        JsonElement rule = bicep["prod"].Only($"{Namespace}/topics/subscriptions/rules");
        Assert.EndsWith("/failures/$Default", rule.Text("name"), StringComparison.Ordinal);
        Assert.Equal(
            OutcomeKind.Unavailable.Row().Name,
            rule.Text("properties", "correlationFilter", "properties", "outcome")
        );
    }

    /// <summary>
    /// Results without a reader expire before they fill the topic. Failures are few, and are kept.
    /// </summary>
    [Theory]
    [InlineData("all", "P7D", false)]
    [InlineData("failures", "P14D", true)]
    public void Keeps_failures_longer_than_other_results(string name, string timeToLive, bool isKept)
    {
        var subscription = bicep["prod"].Named($"{Namespace}/topics/subscriptions", name).GetProperty("properties");

        Assert.Equal(
            (timeToLive, isKept, 10, "PT1M"),
            (
                subscription.Text("defaultMessageTimeToLive"),
                subscription.Flag("deadLetteringOnMessageExpiration"),
                subscription.GetProperty("maxDeliveryCount").GetInt32(),
                subscription.Text("lockDuration")
            )
        );
    }

    /// <summary>The shorter of both times to live counts.</summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("extremes")]
    public void Keeps_no_result_for_a_shorter_time_than_its_subscription_says(string parameters)
    {
        var topic = bicep[parameters].Only($"{Namespace}/topics").GetProperty("properties");

        Assert.All(
            bicep[parameters].OfType($"{Namespace}/topics/subscriptions"),
            subscription =>
                Assert.InRange(
                    subscription.Duration("properties", "defaultMessageTimeToLive"),
                    TimeSpan.FromDays(1),
                    topic.Duration("defaultMessageTimeToLive")
                )
        );
    }

    /// <summary>The largest size of a queue or topic in a standard namespace.</summary>
    [Theory]
    [InlineData("queues")]
    [InlineData("topics")]
    public void Takes_as_many_messages_as_the_tier_allows(string entity) =>
        Assert.Equal(
            5120,
            bicep["prod"].Only($"{Namespace}/{entity}").At("properties", "maxSizeInMegabytes").GetInt32()
        );

    [Fact]
    public void Recognises_a_repeated_event_for_longer_than_all_retries_take() =>
        Assert.All(
            Environments,
            parameters => Assert.InRange(Window(parameters, "topics"), 2 * GiveUpAfter, TimeSpan.FromDays(7))
        );

    /// <summary>
    /// A dead letter is resubmitted, and a failed request repeated, under its own id. A longer window would drop it
    /// silently.
    /// </summary>
    [Fact]
    public void Forgets_the_id_of_a_message_before_its_retries_have_ended()
    {
        var jitter = double.Parse(
            bicep["prod"].EffectiveSettings()["Queue__RetryJitter"],
            System.Globalization.CultureInfo.InvariantCulture
        );

        Assert.All(
            Environments,
            parameters =>
                Assert.InRange(
                    Window(parameters, "queues"),
                    TimeSpan.FromMinutes(5),
                    Retries * (1 - jitter) - TimeSpan.FromMinutes(5)
                )
        );
    }

    /// <summary>How long a request is retried.</summary>
    private TimeSpan GiveUpAfter => Time(bicep["prod"].EffectiveSettings()["Queue__GiveUpAfter"]);

    private TimeSpan Retries =>
        bicep["prod"]
            .EffectiveSettings()
            .Where(s => s.Key.StartsWith("Queue__RetryDelays__", StringComparison.Ordinal))
            .Aggregate(TimeSpan.Zero, (sum, s) => sum + Time(s.Value));

    private TimeSpan Window(string parameters, string entity)
    {
        var properties = bicep[parameters].Only($"{Namespace}/{entity}").GetProperty("properties");
        Assert.True(properties.Flag("requiresDuplicateDetection"));
        return properties.Duration("duplicateDetectionHistoryTimeWindow");
    }

    /// <summary>
    /// A timeout fires at the end of its delay, and its request is then retried like any other, for 14 days at most.
    /// </summary>
    [Fact]
    public void Lets_no_armed_timeout_expire() =>
        Assert.True(
            Queue.Duration("defaultMessageTimeToLive")
                > Time(bicep["prod"].EffectiveSettings()["Timeouts__MaxDelay"]) + TimeSpan.FromDays(14)
        );

    [Fact]
    public void Gives_nothing_up_silently()
    {
        Assert.True(Queue.Flag("deadLetteringOnMessageExpiration"));
        Assert.Equal(20, Queue.GetProperty("maxDeliveryCount").GetInt32());
    }

    [Fact]
    public void Holds_a_lock_longer_than_a_cancel_may_take()
    {
        TimeSpan budget =
            Time(bicep["prod"].EffectiveSettings()["Onramp__TotalBudget"])
            + Time(bicep["prod"].EffectiveSettings()["Outcomes__PublishTimeout"]);

        Assert.InRange(Queue.Duration("lockDuration"), budget * 2, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void Renews_the_lock_for_as_long_as_the_function_may_run()
    {
        JsonElement host = Repository.Json("host.json");
        TimeSpan limit = Time(host.Text("functionTimeout"));

        Assert.True(Time(host.Text("extensions", "serviceBus", "maxAutoLockRenewalDuration")) >= limit);
        Assert.True(limit > Time(bicep["prod"].EffectiveSettings()["Onramp__TotalBudget"]));
    }

    private JsonElement Queue => bicep["prod"].Only($"{Namespace}/queues").GetProperty("properties");

    private static string LastName(JsonElement resource) => resource.Text("name").Split('/')[^1];

    private static TimeSpan Time(string value) => TimeSpan.Parse(value, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("prod", false)]
    [InlineData("extremes", true)]
    public void Replicates_the_namespace_only_when_configured(string parameters, bool replicated)
    {
        JsonElement properties = bicep[parameters].Only(Namespace).GetProperty("properties");
        string[] places =
            properties.TryGetProperty("geoDataReplication", out var replication)
            && replication.ValueKind == JsonValueKind.Object
                ? [.. replication.GetProperty("locations").EnumerateArray().Select(place => place.Text("locationName"))]
                : [];

        Assert.Equal(replicated ? ["westeurope", "northeurope"] : [], places);
        // The row of a timeout decides, so its message alone would be worth nothing.
        Assert.Equal(
            replicated ? "Standard_GZRS" : "Standard_ZRS",
            bicep[parameters].Only("Microsoft.Storage/storageAccounts").Text("sku", "name")
        );
    }

    [Fact]
    public async Task Cannot_replicate_a_standard_namespace()
    {
        BicepResult result = await bicep.EvaluateParametersAsync(
            "param alertEmail = 'none'\nparam serviceBusReplicaLocation = 'northeurope'"
        );

        Assert.Null(result.Output);
        Assert.Contains("needs serviceBusSku Premium", result.Diagnostics, StringComparison.Ordinal);
    }
}
