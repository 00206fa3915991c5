using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Onramp.Cancellation.Messaging;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Texts;

namespace Onramp.Cancellation.Http;

/// <summary>What every endpoint with a body does first: check the headers, read a bounded body, parse it.</summary>
internal static partial class RequestReader
{
    private const int MaxKeyLength = 255;

    /// <summary>Reads the fields, or says with which problem to answer.</summary>
    public static async ValueTask<(CancelFields Fields, IResult? Problem)> ReadAsync(HttpRequest request, bool allowsTiming, ILogger logger, CancellationToken cancellationToken)
    {
        if (!IsJson(request.ContentType))
        {
            return (default, Problems.UnsupportedMediaType());
        }

        if (!IsIdentity(request.Headers.ContentEncoding.ToString()))
        {
            return (default, Problems.UnsupportedContentEncoding());
        }

        if (IdempotencyKey(request) is { } key && (key.Length is 0 or > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            return (default, Problems.InvalidIdempotencyKey());
        }

        // One byte more than the limit tells a body that is too large from one that just fits.
        var buffer = ArrayPool<byte>.Shared.Rent(Problems.MaxBodyBytes + 1);
        try
        {
            var length = request.ContentLength > Problems.MaxBodyBytes
                ? Problems.MaxBodyBytes + 1
                : await request.Body.ReadAtLeastAsync(buffer.AsMemory(0, Problems.MaxBodyBytes + 1), Problems.MaxBodyBytes + 1, throwOnEndOfStream: false, cancellationToken);
            return length > Problems.MaxBodyBytes
                ? (default, Problems.BodyTooLarge())
                : Parse(buffer.AsSpan(0, length), allowsTiming);
        }
        catch (Exception exception) when (exception is IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.BrokenUpload(logger, LogText.Of(exception.Message));
            return (default, Problems.BrokenUpload(BrokenUpload.StatusOf(request.HttpContext, exception)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The request that the fields and the headers make.</summary>
    /// <param name="request">The headers.</param>
    /// <param name="fields">The body.</param>
    /// <param name="trigger">What it is.</param>
    /// <param name="now">When it came.</param>
    /// <param name="id">Its id if the caller gives none; null for a new one.</param>
    public static CancelRequest ToRequest(HttpRequest request, CancelFields fields, CancelTrigger trigger, DateTimeOffset now, string? id = null)
        => fields.ToRequest(IdempotencyKey(request) ?? id ?? RequestIds.Create(now), trigger, now);

    /// <summary>The caller's key, which is the request's id; null when there is none.</summary>
    private static string? IdempotencyKey(HttpRequest request) => request.Headers.TryGetValue("Idempotency-Key", out var key) ? key.ToString() : null;

    /// <summary>The caller's trace.</summary>
    public static TraceParent Trace(HttpRequest request) => new(Value(request.Headers.TraceParent), Value(request.Headers.TraceState));

    /// <summary>Whether the caller prefers an answer before the work is done (RFC 7240, section 4.1).</summary>
    public static bool PrefersAsync(HttpRequest request)
        => request.Headers.TryGetValue("Prefer", out var prefer)
           && prefer.ToString().Split(',').Any(static preference => preference.Split(';')[0].Trim().Equals("respond-async", StringComparison.OrdinalIgnoreCase));

    private static (CancelFields Fields, IResult? Problem) Parse(ReadOnlySpan<byte> body, bool allowsTiming)
    {
        var parsed = CancelBody.Parse(body, allowsTiming);
        return parsed.Fields is { } fields ? (fields, null)
            : (default, parsed.IsJsonObject ? Problems.InvalidRequest(parsed.Faults) : Problems.InvalidJson(parsed.Faults[0].Detail));
    }

    /// <summary>
    /// JSON between systems is UTF-8, whatever charset or other parameter is named beside it (RFC 8259, sections 8.1 and 11); what is not UTF-8 is refused
    /// as it is read.
    /// </summary>
    private static bool IsJson(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Value(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static bool IsIdentity(string contentEncoding)
        => contentEncoding.Split(',', StringSplitOptions.TrimEntries).All(static coding => coding.Length == 0 || coding.Equals("identity", StringComparison.OrdinalIgnoreCase));

    private static partial class Log
    {
        [LoggerMessage(603, LogLevel.Debug, "The body of a request did not arrive: {Reason}")]
        public static partial void BrokenUpload(ILogger logger, string reason);
    }
}
