using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>What a connection string must be. It is never quoted: it has a key in it.</summary>
public static class ConnectionStringRules
{
    private const string Example =
        "Endpoint=sb://sb-example.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…";

    /// <summary>
    /// What the client would refuse at the first request, or when it makes a sender; null for nothing.
    /// </summary>
    /// <param name="connectionString">The connection string.</param>
    /// <param name="subject">What the sentence calls it.</param>
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
                $"{subject} has no Endpoint in it. Copy the complete connection string from the namespace, without quotes ({Example}).",
            _ when hasKey == parsed is { SharedAccessSignature.Length: > 0 } =>
                $"{subject} must have SharedAccessKeyName and SharedAccessKey in it, or a SharedAccessSignature, and not both; the emulator wants a key too ({Example}).",
            { EntityPath.Length: > 0 } =>
                $"{subject} must not have an EntityPath in it: a queue and a topic are used. Take the connection string of the namespace, not of an entity.",

            // Nothing is connected yet; the client knows what else it does not take, such as a signature of another
            // form.
            _ when Try(static text => new ServiceBusClient(text), connectionString) is null => Invalid(subject),
            _ => null,
        };
    }

    private static string Invalid(string subject) =>
        $"{subject} is not a valid Service Bus connection string. Copy the complete string from the namespace or the emulator ({Example}).";

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
}
