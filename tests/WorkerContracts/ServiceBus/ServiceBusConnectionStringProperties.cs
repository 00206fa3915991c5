#nullable disable
namespace Azure.Messaging.ServiceBus;

public class ServiceBusConnectionStringProperties
{
    public string EntityPath { get; internal init; }

    public string FullyQualifiedNamespace => Endpoint?.Host;

    public Uri Endpoint { get; internal init; }

    public string SharedAccessKey { get; internal init; }

    public string SharedAccessKeyName { get; internal init; }

    public string SharedAccessSignature { get; internal init; }

    /// <summary>The SDK takes what it knows, whatever else there is; an endpoint's scheme is set to sb.</summary>
    public static ServiceBusConnectionStringProperties Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var values = connectionString.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(token => token.Split('=', 2, StringSplitOptions.TrimEntries))
            .Select(pair => pair is [{ Length: > 0 }, { Length: > 0 }] ? pair : throw new FormatException("The connection string could not be parsed."))
            .GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Last()[1], StringComparer.OrdinalIgnoreCase);
        var endpoint = values.GetValueOrDefault("Endpoint");
        return new()
        {
            Endpoint = endpoint is null ? null : new UriBuilder(endpoint) { Scheme = "sb" }.Uri,
            EntityPath = values.GetValueOrDefault("EntityPath"),
            SharedAccessKey = values.GetValueOrDefault("SharedAccessKey"),
            SharedAccessKeyName = values.GetValueOrDefault("SharedAccessKeyName"),
            SharedAccessSignature = values.GetValueOrDefault("SharedAccessSignature"),
        };
    }
}
