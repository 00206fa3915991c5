using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Http.Answers;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// The one table of headers that name one thing, so that a request with two of them contradicts itself. Not in it:
/// lists (<c>Prefer</c>, <c>Content-Encoding</c>, <c>tracestate</c>; RFC 9110, section 5.3), and <c>traceparent</c>, of
/// which two are none (W3C Trace Context, section 3.2.2.5): a trace never fails a request.
/// </summary>
/// <param name="Name">The header, or what its name begins with.</param>
/// <param name="IsPrefix">Whether every header whose name begins so is meant.</param>
/// <param name="Problem">The problem of a request that has it twice.</param>
internal sealed record SingleHeader(string Name, bool IsPrefix, ProblemType Problem)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SingleHeader> All { get; } =
    [
        // draft-ietf-httpapi-idempotency-key-header, section 2.1: an item, not a list.
        new(IdempotencyKey.Header, IsPrefix: false, ProblemType.InvalidIdempotencyKey),
        // RFC 9110, section 8.3.
        new("Content-Type", IsPrefix: false, ProblemType.RepeatedHeader),
        // Standard Webhooks, "Webhook headers": several signatures stand in one header, with a space in between.
        new("webhook-", IsPrefix: true, ProblemType.RepeatedHeader),
        // CloudEvents 1.0, HTTP binding, section 3.1.3: one header for each attribute.
        new(CloudEventReader.HeaderPrefix, IsPrefix: true, ProblemType.InvalidEvent),
        // Azure Event Grid, message headers.
        new("aeg-", IsPrefix: true, ProblemType.RepeatedHeader),
        // App Service writes it once; two would leave open who calls.
        new("X-MS-CLIENT-PRINCIPAL-ID", IsPrefix: false, ProblemType.RepeatedHeader),
    ];

    /// <summary>The problem with a request that has one of them twice; null when it has none twice.</summary>
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
