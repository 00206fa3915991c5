using System.Buffers;
using System.Net.Http.Headers;

namespace Onramp.Cancellation;

/// <summary>What every endpoint with a body does first: check the headers, read a bounded body, parse it.</summary>
internal static class RequestReader
{
    private const int MaxKeyLength = 255;

    /// <summary>Reads the fields, or says with which problem to answer.</summary>
    public static async ValueTask<(CancelFields Fields, ApiResponse? Problem)> ReadAsync(ApiRequest request, bool allowsTiming, CancellationToken cancellationToken)
    {
        if (request.Method != "POST")
        {
            return (default, Problems.MethodNotAllowed("POST"));
        }

        if (!IsJson(request.ContentType))
        {
            return (default, Problems.UnsupportedMediaType());
        }

        if (request.IdempotencyKey is { } key && (key.Length is 0 or > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~')))
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
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether the caller prefers an answer before the work is done (RFC 7240, section 4.1).</summary>
    public static bool PrefersAsync(ApiRequest request)
        => request.Prefer is not null
           && request.Prefer.Split(',').Any(static preference => preference.Split(';')[0].Trim().Equals("respond-async", StringComparison.OrdinalIgnoreCase));

    private static (CancelFields Fields, ApiResponse? Problem) Parse(ReadOnlySpan<byte> body, bool allowsTiming)
    {
        var parsed = CancelBodyParser.Parse(body, allowsTiming);
        return parsed.Fields is { } fields ? (fields, null)
            : (default, parsed.IsJsonObject ? Problems.InvalidRequest(parsed.Faults) : Problems.InvalidJson(parsed.Faults[0].Detail));
    }

    private static bool IsJson(string? contentType)
        => contentType == "application/json"
           || (MediaTypeHeaderValue.TryParse(contentType, out var type)
               && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
               && (type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)));
}
