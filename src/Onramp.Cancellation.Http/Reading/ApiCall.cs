using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// A request as its endpoint gets it, validated: the caller, the fields of the body and the request id.
/// </summary>
internal readonly record struct ApiCall
{
    public required HttpContext Context { get; init; }

    /// <summary>The caller's name; null for an unnamed caller.</summary>
    public string? Caller { get; init; }

    /// <summary>The fields of the body; the default value where the route has no body.</summary>
    public CancelFields Fields { get; init; }

    /// <summary>The request's id, from its idempotency key, event or signature; null if it has none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The id that the signature covers (<c>webhook-id</c>); null for an unsigned request.</summary>
    public string? SignedId { get; init; }

    /// <summary>The source of the event; null if the request is not an event.</summary>
    public string? Source { get; init; }

    /// <summary>Whether it is an event or a signed webhook, whose sender repeats it until it gets 2xx.</summary>
    public bool IsWebhook { get; init; }

    /// <summary>The trace context of the request.</summary>
    public TraceParent Trace { get; init; }

    /// <summary>Creates the cancel request.</summary>
    /// <param name="trigger">What the request is.</param>
    /// <param name="now">When it arrived.</param>
    public CancelRequest ToRequest(CancelTrigger trigger, DateTimeOffset now)
    {
        var request = Fields.ToRequest(RequestId ?? Guid.CreateVersion7(now).ToString(), trigger, now);
        return Source is null && Caller is null ? request : request with { Source = Source, Caller = Caller };
    }
}
