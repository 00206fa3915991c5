using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// The table of headers that may occur only once. Lists may be repeated (<c>Prefer</c>, <c>Content-Encoding</c>,
/// <c>tracestate</c>; RFC 9110, section 5.3). A repeated <c>traceparent</c> is ignored (W3C Trace Context, section
/// 3.2.2.5), because trace context never fails a request.
/// </summary>
/// <param name="Name">The name of the header, or its prefix.</param>
/// <param name="IsPrefix">Whether the row applies to every header with that prefix.</param>
/// <param name="Problem">The problem if the header is repeated.</param>
internal sealed record SingleHeader(string Name, bool IsPrefix, ProblemType Problem)
{
    /// <summary>Every row.</summary>
    public static IReadOnlyList<SingleHeader> All { get; } =
    [
        // draft-ietf-httpapi-idempotency-key-header, section 2.1: an item, not a list.
        new(IdempotencyKey.Header, IsPrefix: false, ProblemType.InvalidIdempotencyKey),
        // RFC 9110, section 8.3.
        new("Content-Type", IsPrefix: false, ProblemType.RepeatedHeader),
        // Standard Webhooks, "Webhook headers": one header holds several signatures, separated by spaces.
        new("webhook-", IsPrefix: true, ProblemType.RepeatedHeader),
        // CloudEvents 1.0, HTTP binding, section 3.1.3: one header for each attribute.
        new(CloudEventReader.HeaderPrefix, IsPrefix: true, ProblemType.InvalidEvent),
        // Azure Event Grid, message headers.
        new("aeg-", IsPrefix: true, ProblemType.RepeatedHeader),
        // App Service sets it once; two would make the caller ambiguous.
        new("X-MS-CLIENT-PRINCIPAL-ID", IsPrefix: false, ProblemType.RepeatedHeader),
    ];

    /// <summary>The problem if one of these headers is repeated; null if none is.</summary>
    public static IResult? Fault(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (values.Count > 1 && All.FirstOrDefault(header => header.IsNamed(name)) is { } single)
            {
                return Problems.Repeated(single.Problem, name);
            }
        }

        return null;
    }

    private bool IsNamed(string name) =>
        IsPrefix
            ? name.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
            : name.Equals(Name, StringComparison.OrdinalIgnoreCase);
}
