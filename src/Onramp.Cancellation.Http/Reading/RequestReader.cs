using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// Reads a request for its endpoint: headers, body, caller, rate limit, event envelope and fields. It returns the first
/// problem that it finds.
/// </summary>
internal sealed partial class RequestReader(CallerReader callers, CallerLimit limit, ILogger<RequestReader> logger)
{
    private const string ContradictingId =
        $"The event's id differs from {CallerReader.WebhookId}. "
        + "Send the same value in both, or send the event in structured mode.";

    /// <summary>Returns what the endpoint needs, or the response if the request ends here.</summary>
    public async ValueTask<(ApiCall Call, IResult? Answer)> ReadAsync(
        ApiRoute route,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var request = context.Request;
        if (!route.IsAnonymous && SingleHeader.Fault(request.Headers) is { } repeated)
        {
            return (default, repeated);
        }

        if (!route.HasBody(request.Method))
        {
            return await CheckCallerAsync(route, context, ReadOnlyMemory<byte>.Empty, cancellationToken);
        }

        if (FaultOfHeaders(route, request) is { } problem)
        {
            return (default, problem);
        }

        // One byte above the limit, to recognize a body that is too large.
        var buffer = ArrayPool<byte>.Shared.Rent(Problems.MaxBodyBytes + 1);
        try
        {
            if (request.ContentLength > Problems.MaxBodyBytes)
            {
                return (default, Problems.BodyTooLarge());
            }

            var length = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, Problems.MaxBodyBytes + 1),
                Problems.MaxBodyBytes + 1,
                throwOnEndOfStream: false,
                cancellationToken
            );
            if (length > Problems.MaxBodyBytes)
            {
                return (default, Problems.BodyTooLarge());
            }

            var body = buffer.AsMemory(0, length);
            var (call, refusal) = await CheckCallerAsync(route, context, body, cancellationToken);
            return refusal is null ? Read(route, call, body) : (default, refusal);
        }
        catch (Exception exception)
            when (exception is IOException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            Log.BrokenUpload(logger, LogText.Of(exception.Message));
            return (default, Problems.BrokenUpload(BrokenUpload.StatusOf(context, exception)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether the caller prefers a response before the work is done (RFC 7240, section 4.1).</summary>
    public static bool PrefersAsync(HttpRequest request) =>
        request.Headers.TryGetValue("Prefer", out var prefer) && Preferences.Has(prefer, "respond-async");

    /// <summary>
    /// Ignores the charset of the media type: JSON between systems is UTF-8 (RFC 8259, sections 8.1 and 11). A body
    /// that is not UTF-8 is rejected when it is parsed.
    /// </summary>
    private IResult? FaultOfHeaders(ApiRoute route, HttpRequest request)
    {
        if (
            !MediaType.IsOfType(request.ContentType, "application/json")
            && !(route.TakesEvents && CloudEventReader.IsEventType(request.ContentType))
        )
        {
            return Problems.UnsupportedMediaType(route.MediaTypes);
        }

        if (!IsIdentity(request.Headers.ContentEncoding.ToString()))
        {
            return Problems.UnsupportedContentEncoding();
        }

        string? key = null;
        if (Header(request, IdempotencyKey.Header) is { } value && !IdempotencyKey.TryRead(value, out key))
        {
            return Problems.InvalidIdempotencyKey();
        }

        if (WebhookId(request) is not { } id)
        {
            return null;
        }

        if (!IdempotencyKey.IsId(id))
        {
            return Problems.InvalidWebhookId();
        }

        // The signature covers webhook-id and no other header. Otherwise a captured request could be replayed with a
        // different Idempotency-Key and count as a new request.
        return key is null || key == id ? null : Problems.ContradictingKey();
    }

    private async ValueTask<(ApiCall Call, IResult? Answer)> CheckCallerAsync(
        ApiRoute route,
        HttpContext context,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var call = new ApiCall
        {
            Context = context,
            Trace = new(Value(context.Request.Headers.TraceParent), Value(context.Request.Headers.TraceState)),
        };
        if (route.IsAnonymous)
        {
            return (call, null);
        }

        var (caller, problem) = await callers.ReadAsync(route, context.Request, body, cancellationToken);
        if (problem is not null)
        {
            return (call, problem);
        }

        return limit.TryPass(caller, out var retryAfter)
            ? (call with { Caller = caller, SignedId = WebhookId(context.Request) }, null)
            : (call, Problems.TooManyRequests(retryAfter!.Value));
    }

    private static (ApiCall Call, IResult? Answer) Read(ApiRoute route, ApiCall call, ReadOnlyMemory<byte> body)
    {
        var request = call.Context.Request;
        if (!route.TakesEvents)
        {
            return Read(route, call with { RequestId = call.SignedId ?? Key(request) }, body.Span);
        }

        if (EventGrid.Answer(request) is { } answer)
        {
            return (call, answer);
        }

        var eventHeaders = EventHeaders(request.Headers);
        var envelope = CloudEventReader.Read(request.ContentType, body, eventHeaders ?? [], call.Trace);
        if (envelope.Fault is not null)
        {
            return (call, Problems.InvalidEvent(envelope.Fault));
        }

        if (envelope.EventId is null && EventGrid.Sent(request))
        {
            return (call, EventGrid.OtherSchema());
        }

        // The signature does not cover the headers of an event in binary mode.
        var webhookId = call.SignedId;
        var isUnsignedEvent = webhookId is not null && eventHeaders is not null;
        if (isUnsignedEvent && envelope.EventId is not null && envelope.EventId != webhookId)
        {
            return (call, Problems.InvalidEvent(ContradictingId));
        }

        call = call with
        {
            IsWebhook = envelope.EventId is not null || webhookId is not null,
            RequestId = webhookId ?? Key(request) ?? envelope.EventId,
            Source = isUnsignedEvent ? null : envelope.Source,
            Trace = envelope.Trace,
        };
        return Read(route, call, envelope.Body.Span);
    }

    private static (ApiCall Call, IResult? Answer) Read(ApiRoute route, ApiCall call, ReadOnlySpan<byte> body)
    {
        if (call.RequestId?.Length > IdempotencyKey.MaxLength)
        {
            return (
                call,
                Problems.InvalidEvent($"The event's id is longer than {IdempotencyKey.MaxLength} characters.")
            );
        }

        var parsed = CancelBody.Parse(body, route.Body!.Value, route.OtherPlace);
        if (parsed.Fields is { } fields)
        {
            return (call with { Fields = fields }, null);
        }

        if (call.IsWebhook)
        {
            return (call, Problems.InvalidEvent("The data is not a valid cancel request; see errors.", parsed.Faults));
        }

        return (
            call,
            parsed.IsJsonObject ? Problems.InvalidRequest(parsed.Faults) : Problems.InvalidJson(parsed.Faults[0].Detail)
        );
    }

    /// <summary>
    /// The headers with an event's attributes; null for most requests, which have none.
    /// </summary>
    private static List<KeyValuePair<string, string>>? EventHeaders(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? found = null;
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(CloudEventReader.HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            {
                (found ??= []).Add(KeyValuePair.Create(name, value.ToString()));
            }
        }

        return found;
    }

    private string? WebhookId(HttpRequest request) =>
        callers.IsSigned(request) ? Header(request, CallerReader.WebhookId) : null;

    private static string? Key(HttpRequest request) =>
        Header(request, IdempotencyKey.Header) is { } value && IdempotencyKey.TryRead(value, out var key) ? key : null;

    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static string? Value(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static bool IsIdentity(string contentEncoding) =>
        contentEncoding
            .Split(',', StringSplitOptions.TrimEntries)
            .All(static coding => coding.Length == 0 || coding.Equals("identity", StringComparison.OrdinalIgnoreCase));

    private static partial class Log
    {
        [LoggerMessage(603, LogLevel.Debug, "The body of a request did not arrive: {Reason}")]
        public static partial void BrokenUpload(ILogger logger, string reason);
    }
}
