using System.Text.Json;

namespace OnrampFunctions.Local.Hosting;

/// <summary>
/// The official emulator's <c>Config.json</c>, as far as this broker heeds it. Its names and defaults are those of
/// https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator; durations are ISO 8601.
/// </summary>
internal sealed record EmulatorConfigDocument
{
    public UserConfigSection? UserConfig { get; set; }

    internal sealed record UserConfigSection
    {
        public List<NamespaceSection> Namespaces { get; set; } = [];
    }

    internal sealed record NamespaceSection
    {
        public List<EntitySection> Queues { get; set; } = [];

        public List<EntitySection> Topics { get; set; } = [];
    }

    /// <summary>A queue, a topic or a subscription.</summary>
    internal sealed record EntitySection
    {
        public string Name { get; set; } = "";

        public PropertiesSection Properties { get; set; } = new();

        public List<EntitySection> Subscriptions { get; set; } = [];

        public List<RuleSection> Rules { get; set; } = [];
    }

    internal sealed record PropertiesSection
    {
        public bool DeadLetteringOnMessageExpiration { get; set; }

        public string? DefaultMessageTimeToLive { get; set; }

        public string? DuplicateDetectionHistoryTimeWindow { get; set; }

        public string? ForwardDeadLetteredMessagesTo { get; set; }

        public string? ForwardTo { get; set; }

        public string? LockDuration { get; set; }

        public int? MaxDeliveryCount { get; set; }

        public bool RequiresDuplicateDetection { get; set; }

        public bool RequiresSession { get; set; }
    }

    internal sealed record RuleSection
    {
        public string Name { get; set; } = "";

        public RulePropertiesSection Properties { get; set; } = new();
    }

    internal sealed record RulePropertiesSection
    {
        public string? FilterType { get; set; }

        /// <summary>Text by the names of <see cref="CorrelationFilter.Known"/>, and application properties under <c>Properties</c>.</summary>
        public Dictionary<string, JsonElement>? CorrelationFilter { get; set; }

        public JsonElement? Action { get; set; }
    }
}
