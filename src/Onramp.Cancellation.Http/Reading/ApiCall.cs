using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// A request that has come all the way to its endpoint: who calls, what the body says, and by which name the request
/// goes.
/// </summary>
internal readonly record struct ApiCall
{
    public required HttpContext Context { get; init; }

    /// <summary>Who calls; null for nobody who has a name.</summary>
    public string? Caller { get; init; }

    /// <summary>What the body says; nothing where the route takes none.</summary>
    public CancelFields Fields { get; init; }

    /// <summary>The request's id, by its key, its event or its signature; null when it has none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The source of the event; null for what is none.</summary>
    public string? Source { get; init; }

    /// <summary>Whether its sender repeats everything that is not 2xx: an event, or a signed webhook.</summary>
    public bool IsDelivery { get; init; }

    /// <summary>The trace that it belongs to.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>The request that it makes.</summary>
    /// <param name="trigger">What it is.</param>
    /// <param name="now">When it came.</param>
    /// <param name="id">Its id if the caller gives none; null for a new one.</param>
    public CancelRequest ToRequest(CancelTrigger trigger, DateTimeOffset now, string? id = null)
    {
        var request = Fields.ToRequest(RequestId ?? id ?? Guid.CreateVersion7(now).ToString(), trigger, now);
        return Source is null && Caller is null ? request : request with { Source = Source, Caller = Caller };
    }
}
