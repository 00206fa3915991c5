using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Puts one request on the wire and reads one answer: a bounded number of bytes, no redirects, no cookies.
/// </summary>
internal sealed class OnrampTransport(
    [FromKeyedServices(OnrampTransport.HandlerKey)] HttpMessageHandler handler,
    IOptions<OnrampOptions> options,
    TimeProvider time
) : IDisposable
{
    public const string HandlerKey = "onramp";

    private const int UsualReplyBytes = 2048;

    // Far above any answer of the provider, far below what could hurt.
    private const int MaxReplyBytes = 64 * 1024;

    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: false);
    private readonly ConcurrentDictionary<ProviderOperation, Uri> _addresses = new();
    private readonly Uri _baseUrl = options.Value.BaseUrl;

    /// <summary>The request of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="body">Its body, if it is signed.</param>
    /// <param name="signed">Its signature, if it is signed.</param>
    public HttpRequestMessage Create(ProviderOperation operation, ReadOnlyMemory<byte> body, SignedRequest signed)
    {
        var request = new HttpRequestMessage(
            operation.Method,
            _addresses.GetOrAdd(operation, static (added, baseUrl) => new Uri(baseUrl, added.Path), _baseUrl)
        );
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (operation.IsSigned)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json;charset=UTF-8");
            request.Headers.TryAddWithoutValidation("X-ONRAMP-APIKEY", signed.Credentials.ApiKey);
            request.Headers.TryAddWithoutValidation("X-ONRAMP-PAYLOAD", signed.Payload);
            request.Headers.TryAddWithoutValidation("X-ONRAMP-SIGNATURE", signed.Signature);
        }

        return request;
    }

    /// <summary>Sends a request; returns when the answer's headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    /// <summary>Reads the whole of an answer.</summary>
    /// <exception cref="UnreadableAnswerException">It is longer than any answer of the provider, or its content coding
    /// cannot be decoded.</exception>
    public async ValueTask<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(UsualReplyBytes);
        try
        {
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
            {
                length += read;
                if (length > MaxReplyBytes)
                {
                    throw UnreadableAnswerException.TooLong(MaxReplyBytes);
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }

            if (response.Content.Headers.ContentEncoding is { Count: > 0 } codings)
            {
                var decoded = ContentCodings.Decode(codings, buffer.AsMemory(0, length), MaxReplyBytes);
                length = decoded.Length;
                while (buffer.Length < length)
                {
                    buffer = Grow(buffer);
                }

                decoded.CopyTo(buffer);
            }

            return new Answer(response.StatusCode, buffer, length, RetryAfter(response));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        // Both instants are by the provider's clock, if it says what time it is.
        var wait = header.Delta ?? header.Date - (response.Headers.Date ?? time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>An answer in a pooled buffer; <see cref="Dispose"/> gives the buffer back.</summary>
    public readonly struct Answer(HttpStatusCode status, byte[] buffer, int length, TimeSpan? retryAfter) : IDisposable
    {
        public HttpStatusCode Status => status;

        public TimeSpan? RetryAfter => retryAfter;

        public ReadOnlySpan<byte> Body => buffer.AsSpan(0, length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
    }
}
