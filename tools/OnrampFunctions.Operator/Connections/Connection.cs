using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Messaging.ServiceBus.Administration;

namespace OnrampFunctions.Operator.Connections;

/// <summary>
/// A namespace, reached by the operator's own sign-in or by a connection string, with limits that fit somebody who
/// waits.
/// </summary>
internal sealed class Connection : IAsyncDisposable
{
    private const string DefaultQueue = "cancel-requests";
    private const string DefaultTopic = "cancel-results";
    private const string LocalHint =
        "for the local host and the emulator --connection-string or the variable ServiceBus";

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
    /// Whether the namespace has administration; the local host and the emulator have none that can be reached here.
    /// </summary>
    public bool HasAdministration => _administration is not null;

    /// <summary>The SDK's defaults are four tries of a minute each.</summary>
    private static ServiceBusClientOptions Patience =>
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

    /// <exception cref="OperatorException">It is not said, or not rightly said, where the namespace is.</exception>
    public static Connection Open(ConnectionSettings settings, OperatorEnvironment environment)
    {
        var isNamed = settings.Namespace is not null || settings.ConnectionString is not null;
        var host = isNamed ? settings.Namespace : environment.Variable("ServiceBus__fullyQualifiedNamespace");
        var connectionString = isNamed ? settings.ConnectionString : environment.Variable("ServiceBus");
        var queue = settings.Queue ?? environment.Variable("CancelRequestsQueue");
        queue = string.IsNullOrEmpty(queue) ? DefaultQueue : queue;
        return (host, connectionString) switch
        {
            ({ Length: > 0 }, null or "") => BySignIn(host, queue, environment),
            (null or "", { Length: > 0 }) => ByConnectionString(connectionString, queue, environment),
            (null or "", null or "") => throw OperatorException.Usage(
                $"Say where the queue is: --namespace sb-example.servicebus.windows.net, or {LocalHint}."
            ),
            _ => throw OperatorException.Usage(
                "Say --namespace or --connection-string, not both; of the variables ServiceBus__fullyQualifiedNamespace and ServiceBus set one."
            ),
        };
    }

    /// <summary>The namespace's administration.</summary>
    /// <exception cref="OperatorException">It has none.</exception>
    public ServiceBusAdministrationClient Administer() =>
        _administration?.Invoke()
        ?? throw OperatorException.Usage($"{Host} has no administration that can be reached from here.");

    public ServiceBusReceiver DeadLetters() =>
        Client.CreateReceiver(Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private static Connection BySignIn(string host, string queue, OperatorEnvironment environment)
    {
        if (Uri.CheckHostName(host) != UriHostNameType.Dns || !host.Contains('.', StringComparison.Ordinal))
        {
            throw OperatorException.Usage(
                "--namespace must be the whole host name without a scheme, a port or a path, for example sb-example.servicebus.windows.net."
            );
        }

        DefaultAzureCredential credential = new();
        return new Connection(
            new ServiceBusClient(host, credential, Patience),
            () => new ServiceBusAdministrationClient(host, credential, AdministrationOptions(environment)),
            queue,
            environment
        );
    }

    private static Connection ByConnectionString(string text, string queue, OperatorEnvironment environment)
    {
        // What shells, editors and files leave around it.
        var connectionString = text.Trim().Trim('"', '\'').Trim();
        if (!connectionString.Contains('=', StringComparison.Ordinal))
        {
            throw OperatorException.Usage(
                "The connection string is not one: it has no name=value in it. A host name goes to --namespace, or the variable ServiceBus__fullyQualifiedNamespace."
            );
        }

        if (ConnectionStringRules.FindFault(connectionString, "The connection string") is { } fault)
        {
            throw OperatorException.Usage($"{fault} On a command line it needs quotes, since it has semicolons in it.");
        }

        var isLocal = connectionString.Contains("UseDevelopmentEmulator=true", StringComparison.OrdinalIgnoreCase);
        return new Connection(
            new ServiceBusClient(connectionString, Patience),
            isLocal
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
