using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>The request that a message is about. Only this service may write it on a message.</summary>
/// <param name="RequestId">The request id.</param>
/// <param name="Source">The source of the event that asked; null for none.</param>
/// <param name="Caller">The caller's name; null for an unnamed caller.</param>
/// <param name="RequestedAt">When the cancellation was asked for.</param>
/// <param name="Version">The version of the timeout that the message is the alarm of; null for other requests.</param>
internal sealed record MessageIdentity(
    string RequestId,
    string? Source,
    string? Caller,
    DateTimeOffset RequestedAt,
    string? Version = null
)
{
    /// <summary>The identity of a request.</summary>
    public static MessageIdentity Of(CancelRequest request) =>
        new(request.RequestId, request.Source, request.Caller, request.RequestedAt);
}
