using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>Validates connection strings. Errors never quote them, because they contain a key.</summary>
public static class ConnectionStringRules
{
    private const string Example =
        "Endpoint=sb://sb-example.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…";

    /// <summary>
    /// Returns what the client would reject later, at the first request or when it creates a sender; null if it is
    /// valid.
    /// </summary>
    /// <param name="connectionString">The connection string.</param>
    /// <param name="subject">How the error names it.</param>
    public static string? FindFault(string connectionString, string subject)
    {
        if (Try(ServiceBusConnectionStringProperties.Parse, connectionString) is not { } parsed)
        {
            return Invalid(subject);
        }

        var hasKey = parsed is { SharedAccessKeyName.Length: > 0, SharedAccessKey.Length: > 0 };
        return parsed switch
        {
            { Endpoint: null } =>
                $"{subject} has no Endpoint. Copy the complete connection string from the namespace, without quotes "
                    + $"({Example}).",
            _ when hasKey == parsed is { SharedAccessSignature.Length: > 0 } =>
                $"{subject} must have SharedAccessKeyName and SharedAccessKey, or SharedAccessSignature, but not both; "
                    + $"the emulator needs a key too ({Example}).",
            { EntityPath.Length: > 0 } =>
                $"{subject} must not have an EntityPath, because a queue and a topic are used. Use the connection "
                    + "string of the namespace, not of an entity.",

            // Opens no connection. The client has further rules, such as the form of a signature.
            _ when Try(static text => new ServiceBusClient(text), connectionString) is null => Invalid(subject),
            _ => null,
        };
    }

    private static string Invalid(string subject) =>
        $"{subject} is not a valid Service Bus connection string. Copy the complete string from the namespace or the "
        + $"emulator ({Example}).";

    private static T? Try<T>(Func<string, T> parse, string connectionString)
        where T : class
    {
        try
        {
            return parse(connectionString);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
