using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Messaging.ServiceBus.Administration;

namespace OnrampFunctions.Operator.Connections;

/// <summary>
/// A connection to the namespace, with the operator's own sign-in or a connection string, and with timeouts that suit
/// interactive use.
/// </summary>
internal sealed class Connection : IAsyncDisposable
{
    private const string DefaultQueue = "cancel-requests";
    private const string DefaultTopic = "cancel-results";
    private const string LocalHint =
        "for the local host and the emulator, --connection-string or the variable ServiceBus";

    private readonly Func<ServiceBusAdministrationClient>? _administration;

    private Connection(
        ServiceBusClient client,
        Func<ServiceBusAdministrationClient>? administration,
        string queue,
        OperatorEnvironment environment
    )
    {
        Client = client;
        _administration = administration;
        Queue = queue;
        Topic = environment.Variable("CancelResultsTopic") is { Length: > 0 } topic ? topic : DefaultTopic;
        Clock = environment.Clock;
    }

    public ServiceBusClient Client { get; }

    public TimeProvider Clock { get; }

    /// <summary>The queue of cancel requests.</summary>
    public string Queue { get; }

    /// <summary>The topic of outcome events.</summary>
    public string Topic { get; }

    public string Host => Client.FullyQualifiedNamespace;

    /// <summary>
    /// Whether the administration of the namespace is available; it is not for the local host and the emulator.
    /// </summary>
    public bool HasAdministration => _administration is not null;

    /// <summary>The SDK's default is four attempts of a minute each.</summary>
    private static ServiceBusClientOptions ClientOptions =>
        new()
        {
            Identifier = "onramp-cancel",
            RetryOptions = new ServiceBusRetryOptions
            {
                Mode = ServiceBusRetryMode.Fixed,
                MaxRetries = 1,
                Delay = TimeSpan.FromMilliseconds(300),
                TryTimeout = TimeSpan.FromSeconds(5),
            },
        };

    /// <exception cref="OperatorException">The namespace is not specified, or not correctly.</exception>
    public static Connection Open(ConnectionSettings settings, OperatorEnvironment environment)
    {
        var (host, connectionString) = Specified(settings, environment);
        var queue = settings.Queue ?? environment.Variable("CancelRequestsQueue");
        queue = string.IsNullOrEmpty(queue) ? DefaultQueue : queue;
        return (host, connectionString) switch
        {
            ({ Length: > 0 }, null or "") => BySignIn(host, queue, environment),
            (null or "", { Length: > 0 }) => ByConnectionString(connectionString, queue, environment),
            (null or "", null or "") => throw OperatorException.Usage(
                $"Specify the namespace: --namespace sb-example.servicebus.windows.net or, {LocalHint}."
            ),
            _ => throw OperatorException.Usage(
                "Specify only one of --namespace and --connection-string, and set only one of the variables "
                    + "ServiceBus__fullyQualifiedNamespace and ServiceBus."
            ),
        };
    }

    /// <summary>Opens the namespace; returns null if none is specified.</summary>
    /// <exception cref="OperatorException">The namespace is not specified correctly.</exception>
    public static Connection? TryOpen(ConnectionSettings settings, OperatorEnvironment environment) =>
        Specified(settings, environment) is (null or "", null or "") ? null : Open(settings, environment);

    /// <summary>Whether the namespace is that of the local host or of the emulator.</summary>
    public static bool IsLocal(ConnectionSettings settings, OperatorEnvironment environment) =>
        Specified(settings, environment) is (null or "", { } connectionString) && IsLocal(connectionString);

    /// <summary>Returns a client for the administration of the namespace.</summary>
    /// <exception cref="OperatorException">The administration is not available.</exception>
    public ServiceBusAdministrationClient Administer() =>
        _administration?.Invoke() ?? throw OperatorException.Usage($"The administration of {Host} is not available.");

    public ServiceBusReceiver DeadLetters() =>
        Client.CreateReceiver(Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private static (string? Host, string? ConnectionString) Specified(
        ConnectionSettings settings,
        OperatorEnvironment environment
    ) =>
        settings is { Namespace: null, ConnectionString: null }
            ? (environment.Variable("ServiceBus__fullyQualifiedNamespace"), environment.Variable("ServiceBus"))
            : (settings.Namespace, settings.ConnectionString);

    private static bool IsLocal(string connectionString) =>
        connectionString.Contains("UseDevelopmentEmulator=true", StringComparison.OrdinalIgnoreCase);

    private static Connection BySignIn(string host, string queue, OperatorEnvironment environment)
    {
        if (Uri.CheckHostName(host) != UriHostNameType.Dns || !host.Contains('.', StringComparison.Ordinal))
        {
            throw OperatorException.Usage(
                "--namespace must be the full host name without a scheme, a port or a path, "
                    + "for example sb-example.servicebus.windows.net."
            );
        }

        DefaultAzureCredential credential = new();
        return new Connection(
            new ServiceBusClient(host, credential, ClientOptions),
            () => new ServiceBusAdministrationClient(host, credential, AdministrationOptions(environment)),
            queue,
            environment
        );
    }

    private static Connection ByConnectionString(string text, string queue, OperatorEnvironment environment)
    {
        // Shells, editors and files may leave quotes and white space around it.
        var connectionString = text.Trim().Trim('"', '\'').Trim();
        if (!connectionString.Contains('=', StringComparison.Ordinal))
        {
            throw OperatorException.Usage(
                "The connection string has no name=value pairs. To specify a host name, use --namespace or the "
                    + "variable ServiceBus__fullyQualifiedNamespace."
            );
        }

        if (ConnectionStringRules.FindFault(connectionString, "The connection string") is { } fault)
        {
            throw OperatorException.Usage($"{fault} On a command line, quote it: it contains semicolons.");
        }

        return new Connection(
            new ServiceBusClient(connectionString, ClientOptions),
            IsLocal(connectionString)
                ? null
                : () => new ServiceBusAdministrationClient(connectionString, AdministrationOptions(environment)),
            queue,
            environment
        );
    }

    private static ServiceBusAdministrationClientOptions AdministrationOptions(OperatorEnvironment environment)
    {
        ServiceBusAdministrationClientOptions options = new()
        {
            Retry = { MaxRetries = 1, NetworkTimeout = TimeSpan.FromSeconds(10) },
        };
        if (environment.Administration is { } handler)
        {
            options.Transport = new HttpClientTransport(handler);
        }

        return options;
    }
}
