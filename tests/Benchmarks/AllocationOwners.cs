using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Benchmarks;

/// <summary>
/// Attributes allocations to owners. The runtime reports a random object for about every 100 KiB (event
/// AllocationSampled), and its type determines the owner.
/// </summary>
internal sealed class AllocationOwners : EventListener
{
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;

    private readonly ConcurrentDictionary<string, int> _samples = new();
    private EventSource? _runtime;

    public void Start() => EnableEvents(_runtime!, EventLevel.Informational, AllocationSampling);

    /// <summary>Ends the sampling.</summary>
    /// <returns>Each owner's share, the largest first.</returns>
    public IReadOnlyList<(string Owner, double Share)> Stop()
    {
        DisableEvents(_runtime!);
        double all = _samples.Values.Sum();
        return
        [
            .. _samples.OrderByDescending(static owner => owner.Value).Select(owner => (owner.Key, owner.Value / all)),
        ];
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            _runtime = eventSource;
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (
            eventData.EventName == "AllocationSampled"
            && eventData.Payload?[eventData.PayloadNames!.IndexOf("TypeName")] is string type
        )
        {
            _samples.AddOrUpdate(OwnerOf(type), 1, static (_, count) => count + 1);
        }
    }

    private static string OwnerOf(string type) =>
        Allocator(type) switch
        {
            "System.String" => "texts",
            "System.Byte[]" => "byte arrays",
            var name when Has(name, "Onramp.Cancellation.") => "the service's objects and waiting calls",
            var name when Has(name, "OnrampFunctions.LocalHost.", "Benchmarks.") => "the local host and its broker",
            var name when Has(name, "Polly.", "ConcurrencyLease") => "resilience pipelines (Polly)",
            var name when Has(name, "System.Net.", "Microsoft.AspNetCore.", "HeaderStoreItemInfo", "ContentLength") =>
                "web server and HTTP client",
            var name
                when Has(name, "System.Threading.Cancel", "System.Threading.Timer", "CallbackNode", "Registrations") =>
                "timers and cancellation",
            _ => "other",
        };

    /// <summary>
    /// A suspended call is a box around the state of its method, which contains the name of the method:
    /// <c>Box[Result,Declaring.Type+&lt;Method&gt;…]</c>.
    /// </summary>
    private static string Allocator(string type)
    {
        var method = type.IndexOf("+<", StringComparison.Ordinal);
        return method < 0 ? type : type[(type.LastIndexOfAny(['[', ','], method) + 1)..method];
    }

    private static bool Has(string name, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (name.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
