using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OnrampFunctions.ServiceBus;

/// <summary>
/// Which namespace and entities the app uses, by the names that the Service Bus trigger reads too, so that both always mean the same.
/// </summary>
internal sealed class ServiceBusOptions
{
    /// <summary>Setting <c>ServiceBus</c>: a connection string, for the emulator and for namespaces that still allow keys.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Setting <c>ServiceBus__fullyQualifiedNamespace</c>: a namespace reached with the app's identity, for example <c>sb-example.servicebus.windows.net</c>.</summary>
    public string? FullyQualifiedNamespace { get; set; }

    /// <summary>Setting <c>CancelRequestsQueue</c>: the queue of cancel requests.</summary>
    public string? Queue { get; set; }

    /// <summary>Setting <c>CancelResultsTopic</c>: the topic of outcome events.</summary>
    public string? Topic { get; set; }

    public static void Read(ServiceBusOptions options, IConfiguration configuration)
    {
        options.ConnectionString = configuration["ServiceBus"];
        options.FullyQualifiedNamespace = configuration["ServiceBus:fullyQualifiedNamespace"];
        options.Queue = configuration["CancelRequestsQueue"];
        options.Topic = configuration["CancelResultsTopic"];
    }
}

/// <summary>Says what is missing and how to set it.</summary>
internal sealed class ServiceBusOptionsValidator : IValidateOptions<ServiceBusOptions>
{
    public ValidateOptionsResult Validate(string? name, ServiceBusOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrEmpty(options.ConnectionString) == string.IsNullOrEmpty(options.FullyQualifiedNamespace))
        {
            failures.Add(
                "Set exactly one of ServiceBus__fullyQualifiedNamespace (the namespace's host name, for example sb-example.servicebus.windows.net, reached with the app's identity) and ServiceBus (a connection string, for the emulator).");
        }

        if (options.FullyQualifiedNamespace?.Contains('/', StringComparison.Ordinal) == true)
        {
            failures.Add("ServiceBus__fullyQualifiedNamespace must be a host name without a scheme, for example sb-example.servicebus.windows.net.");
        }

        if (string.IsNullOrEmpty(options.Queue))
        {
            failures.Add("CancelRequestsQueue is missing: set it to the name of the queue of cancel requests, for example cancel-requests.");
        }

        if (string.IsNullOrEmpty(options.Topic))
        {
            failures.Add("CancelResultsTopic is missing: set it to the name of the topic of outcome events, for example cancel-results.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
