using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Says what is missing or cannot work and how to set it. A connection string is never quoted: it has a key in it.</summary>
internal sealed partial class ServiceBusOptionsValidator : IValidateOptions<ServiceBusOptions>
{
    private const string Example = "Endpoint=sb://sb-example.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…";
    private const string NoConnectionString = $"ServiceBus is no Service Bus connection string: copy that of the namespace or of the emulator whole ({Example}).";

    public ValidateOptionsResult Validate(string? name, ServiceBusOptions options)
    {
        string?[] faults = [FaultOfConnection(options), FaultOfEntity("CancelRequestsQueue", "queue of cancel requests", "cancel-requests", options.Queue),
            FaultOfEntity("CancelResultsTopic", "topic of outcome events", "cancel-results", options.Topic), FaultOfBoth(options)];
        var failures = faults.OfType<string>().ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? FaultOfConnection(ServiceBusOptions options) => (options.ConnectionString, options.FullyQualifiedNamespace) switch
    {
        ({ Length: > 0 } connectionString, null or "") => FaultOf(connectionString),
        (null or "", { Length: > 0 } host) when Uri.CheckHostName(host) == UriHostNameType.Dns && host.Contains('.', StringComparison.Ordinal) => null,
        (null or "", { Length: > 0 }) =>
            "ServiceBus__fullyQualifiedNamespace must be the whole host name without a scheme, a port or a path, for example sb-example.servicebus.windows.net.",
        _ => "Set exactly one of ServiceBus__fullyQualifiedNamespace (the namespace's host name, for example sb-example.servicebus.windows.net, reached with the app's identity) and ServiceBus (a connection string, for the emulator).",
    };

    /// <summary>What the client would refuse at the first request, or when it makes a sender.</summary>
    private static string? FaultOf(string connectionString)
    {
        if (Try(ServiceBusConnectionStringProperties.Parse, connectionString) is not { } parsed)
        {
            return NoConnectionString;
        }

        var hasKey = parsed is { SharedAccessKeyName.Length: > 0, SharedAccessKey.Length: > 0 };
        return parsed switch
        {
            { Endpoint: null } => $"ServiceBus has no Endpoint in it: copy the connection string whole, without quotes ({Example}).",
            _ when hasKey == parsed is { SharedAccessSignature.Length: > 0 } =>
                $"ServiceBus must have SharedAccessKeyName and SharedAccessKey in it, or a SharedAccessSignature, and not both; the emulator wants a key too ({Example}).",
            { EntityPath.Length: > 0 } => "ServiceBus must not have an EntityPath in it: the app uses a queue and a topic. Take the connection string of the namespace, not of an entity.",
            // Nothing is connected yet; the client knows what else it does not take, such as a signature of another form.
            _ when Try(static text => new ServiceBusClient(text), connectionString) is null => NoConnectionString,
            _ => null,
        };
    }

    private static T? Try<T>(Func<string, T> make, string connectionString)
        where T : class
    {
        try
        {
            return make(connectionString);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string? FaultOfEntity(string setting, string what, string example, string? name) => name switch
    {
        null or "" => $"{setting} is missing: set it to the name of the {what}, for example {example}.",
        _ when !EntityName().IsMatch(name) => $"{setting} must be the name of the {what}: up to 260 letters, digits, periods, hyphens, underscores and slashes between them, for example {example}.",
        _ => null,
    };

    private static string? FaultOfBoth(ServiceBusOptions options)
        => options.Queue is { Length: > 0 } && string.Equals(options.Queue, options.Topic, StringComparison.OrdinalIgnoreCase)
            ? "CancelRequestsQueue and CancelResultsTopic must differ: a namespace has each name once."
            : null;

    [GeneratedRegex(@"\A(?=.{1,260}\z)[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?\z")]
    private static partial Regex EntityName();
}
