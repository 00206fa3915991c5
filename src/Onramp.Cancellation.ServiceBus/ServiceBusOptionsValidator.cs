using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Validates the options. Errors say what to set; they never quote a connection string, because it contains a key.
/// </summary>
internal sealed partial class ServiceBusOptionsValidator : IValidateOptions<ServiceBusOptions>
{
    public ValidateOptionsResult Validate(string? name, ServiceBusOptions options)
    {
        string?[] faults =
        [
            FaultOfConnection(options),
            FaultOfEntity("CancelRequestsQueue", "queue of cancel requests", "cancel-requests", options.Queue),
            FaultOfEntity("CancelResultsTopic", "topic of outcome events", "cancel-results", options.Topic),
            FaultOfSubscription(options.Records),
            FaultOfBoth(options),
        ];
        var failures = faults.OfType<string>().ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? FaultOfConnection(ServiceBusOptions options) =>
        (options.ConnectionString, options.FullyQualifiedNamespace) switch
        {
            ({ Length: > 0 } connectionString, null or "") => ConnectionStringRules.FindFault(
                connectionString,
                "ServiceBus"
            ),
            (null or "", { Length: > 0 } host)
                when Uri.CheckHostName(host) == UriHostNameType.Dns && host.Contains('.', StringComparison.Ordinal) =>
                null,
            (null or "", { Length: > 0 }) =>
                "ServiceBus__fullyQualifiedNamespace must be the full host name without a scheme, a port or a path, "
                    + "for example sb-example.servicebus.windows.net.",
            _ => "Set exactly one of ServiceBus__fullyQualifiedNamespace (the namespace's host name, for example "
                + "sb-example.servicebus.windows.net, reached with the app's identity) and ServiceBus (a connection "
                + "string, for the emulator).",
        };

    private static string? FaultOfEntity(string setting, string what, string example, string? name) =>
        name switch
        {
            null or "" => $"{setting} is missing: set it to the name of the {what}, for example {example}.",
            _ when !EntityName().IsMatch(name) =>
                $"{setting} must be the name of the {what}: up to 260 letters, digits, periods, hyphens, underscores "
                    + $"and slashes, starting and ending with a letter or digit, for example {example}.",
            _ => null,
        };

    private static string? FaultOfSubscription(string? name) =>
        name switch
        {
            null or "" => "CancelRecordsSubscription is missing: set it to the name of the subscription from which "
                + "outcomes are recorded, for example records.",
            _ when !SubscriptionName().IsMatch(name) =>
                "CancelRecordsSubscription must be the name of the subscription from which outcomes are recorded: "
                    + "up to 50 letters, digits, periods, hyphens and underscores, starting and ending with a letter "
                    + "or digit, for example records.",
            _ => null,
        };

    private static string? FaultOfBoth(ServiceBusOptions options) =>
        options.Queue is { Length: > 0 }
        && string.Equals(options.Queue, options.Topic, StringComparison.OrdinalIgnoreCase)
            ? "CancelRequestsQueue and CancelResultsTopic must differ, because names are unique in a namespace."
            : null;

    [GeneratedRegex(@"\A(?=.{1,50}\z)[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z")]
    private static partial Regex SubscriptionName();

    [GeneratedRegex(@"\A(?=.{1,260}\z)[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?\z")]
    private static partial Regex EntityName();
}
