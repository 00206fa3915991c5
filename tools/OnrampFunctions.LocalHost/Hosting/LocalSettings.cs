namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// Settings of the local host itself: section <c>LocalHost</c>, e.g. <c>LocalHost__Receivers</c> in the environment.
/// </summary>
internal sealed class LocalSettings
{
    public const string SectionName = "LocalHost";

    /// <summary>Where to listen: http, this machine only. Port 0 takes a free port.</summary>
    public string Url { get; set; } = "http://localhost:7071";

    /// <summary>
    /// Where Service Bus clients connect: a port of this machine, such as <c>localhost:5673</c>, or <c>off</c>: then
    /// only the host itself connects, on an undisclosed port. Port 0 takes a free port. Default <c>localhost:5672</c>,
    /// or a free port if <see cref="Url"/> has one.
    /// </summary>
    public string? Amqp { get; set; }

    /// <summary>
    /// Whether the Functions app runs against this host, which then leaves the queue to the app and serves a vault, an
    /// identity and <c>local.settings.json</c>. Default false.
    /// </summary>
    public bool ForFunctionsApp { get; set; }

    /// <summary>
    /// The configuration file of Microsoft's emulator with additional queues and topics. Default none.
    /// </summary>
    public string? EmulatorConfig { get; set; }

    /// <summary>
    /// Messages handled concurrently, like <c>maxConcurrentCalls</c> of the trigger. Default as in <c>host.json</c>,
    /// 16.
    /// </summary>
    public int Receivers { get; set; } = TriggerSettings.MaxConcurrentCalls;

    /// <summary>How long a message lock lasts. Default one minute.</summary>
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of deliveries after which an unsettled message is dead-lettered. Default 10.</summary>
    public int MaxDeliveryCount { get; set; } = 10;

    /// <summary>How long queue and topic remember message ids. Default ten minutes.</summary>
    public TimeSpan DuplicateWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Messages kept in the subscription and in each dead-letter queue; beyond that the oldest is dropped. Default
    /// 1,000.
    /// </summary>
    public int KeptMessages { get; set; } = 1000;

    /// <summary>
    /// The number of partitions of every queue and topic: beyond 1, sequence numbers are as in a partitioned queue,
    /// neither consecutive nor in the order of time. Default 1.
    /// </summary>
    public int Partitions { get; set; } = 1;

    /// <summary>The API key in the local vault, which the simulator accepts. Another provider needs its own.</summary>
    public string ApiKey { get; set; } = "test_key";

    /// <summary>The API secret in the local vault, with which the simulator checks signatures.</summary>
    public string ApiSecret { get; set; } = "test_secret";

    /// <summary>The secret in the local vault with which all callers sign.</summary>
    public string WebhookSecret { get; set; } = "whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==";

    /// <summary>The initial state of the local vault.</summary>
    public VaultState Vault { get; set; }

    /// <summary>The entities of the file that <see cref="EmulatorConfig"/> names.</summary>
    /// <exception cref="LocalHostException">The file cannot be used.</exception>
    public BrokerEntities ReadEntities()
    {
        if (string.IsNullOrEmpty(EmulatorConfig))
        {
            return BrokerEntities.None;
        }

        try
        {
            return ServiceBusEmulator.Configuration.EmulatorConfig.Read(
                EmulatorConfig,
                new QueueSettings { KeptMessages = KeptMessages, Partitions = Partitions }
            );
        }
        catch (EmulatorConfigException exception)
        {
            throw new LocalHostException($"{SectionName}__{nameof(EmulatorConfig)}: {exception.Message}", exception);
        }
    }

    /// <exception cref="LocalHostException">A name is unknown, or a value is invalid or out of range.</exception>
    public static LocalSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(SectionName);
        var (faults, unknown) = SettingsSection.Check<LocalSettings>(section);
        if (faults.Count + unknown.Count > 0)
        {
            throw new LocalHostException(string.Join(Environment.NewLine, faults.Concat(unknown)));
        }

        var settings = section.Get<LocalSettings>() ?? new LocalSettings();
        return settings switch
        {
            { Receivers: < 1 or > 1000 } => throw new LocalHostException(
                "LocalHost__Receivers must be between 1 and 1000."
            ),
            { MaxDeliveryCount: < 1 } => throw new LocalHostException(
                "LocalHost__MaxDeliveryCount must be at least 1."
            ),
            _ when settings.LockDuration < TimeSpan.FromSeconds(1) => throw new LocalHostException(
                "LocalHost__LockDuration must be at least 00:00:01."
            ),
            _ when settings.DuplicateWindow < TimeSpan.Zero => throw new LocalHostException(
                "LocalHost__DuplicateWindow must not be negative."
            ),
            { KeptMessages: < 1 or > 1_000_000 } => throw new LocalHostException(
                "LocalHost__KeptMessages must be between 1 and 1000000."
            ),
            { Partitions: < 1 or > BrokerLimits.MaxPartitions } => throw new LocalHostException(
                $"LocalHost__Partitions must be between 1 and {BrokerLimits.MaxPartitions}."
            ),
            _ when settings.ApiKey.Length == 0 || settings.ApiSecret.Length == 0 => throw new LocalHostException(
                "LocalHost__ApiKey and LocalHost__ApiSecret must not be empty."
            ),
            _ => settings,
        };
    }
}
