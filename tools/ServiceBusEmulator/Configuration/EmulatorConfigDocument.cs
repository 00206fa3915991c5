using System.Text.Json;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Configuration;

/// <summary>
/// The supported part of <c>Config.json</c> of Microsoft's emulator. Names and defaults are those of
/// https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator; durations are ISO
/// 8601. Null means missing.
/// </summary>
internal sealed record EmulatorConfigDocument
{
    public UserConfigSection? UserConfig { get; set; }

    internal sealed record UserConfigSection
    {
        public List<NamespaceSection?>? Namespaces { get; set; }
    }

    internal sealed record NamespaceSection
    {
        public List<EntitySection?> Queues
        {
            get;
            set => field = value ?? [];
        } = [];

        public List<EntitySection?> Topics
        {
            get;
            set => field = value ?? [];
        } = [];
    }

    /// <summary>A queue, a topic or a subscription.</summary>
    internal sealed record EntitySection
    {
        public string Name
        {
            get;
            set => field = value ?? "";
        } = "";

        public PropertiesSection Properties
        {
            get;
            set => field = value ?? new();
        } = new();

        public List<EntitySection?> Subscriptions
        {
            get;
            set => field = value ?? [];
        } = [];

        public List<RuleSection?> Rules
        {
            get;
            set => field = value ?? [];
        } = [];
    }

    internal sealed record PropertiesSection
    {
        public bool? DeadLetteringOnMessageExpiration { get; set; }

        public string? DefaultMessageTimeToLive { get; set; }

        public string? DuplicateDetectionHistoryTimeWindow { get; set; }

        public string? ForwardDeadLetteredMessagesTo { get; set; }

        public string? ForwardTo { get; set; }

        public string? LockDuration { get; set; }

        public int? MaxDeliveryCount { get; set; }

        public bool? RequiresDuplicateDetection { get; set; }

        public bool? RequiresSession { get; set; }
    }

    internal sealed record RuleSection
    {
        public string Name
        {
            get;
            set => field = value ?? "";
        } = "";

        public RulePropertiesSection Properties
        {
            get;
            set => field = value ?? new();
        } = new();
    }

    internal sealed record RulePropertiesSection
    {
        public string? FilterType { get; set; }

        /// <summary>
        /// Strings by the names of <see cref="CorrelationFilter.Known"/>, and application properties under
        /// <c>Properties</c>.
        /// </summary>
        public Dictionary<string, JsonElement>? CorrelationFilter { get; set; }

        public SqlSection? SqlFilter { get; set; }

        public SqlSection? Action { get; set; }
    }

    internal sealed record SqlSection
    {
        public string? SqlExpression { get; set; }
    }
}
