using System.Buffers;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation;

/// <summary>Puts one request on the wire and reads one answer: a bounded number of bytes, no redirects, no cookies.</summary>
internal sealed class OnrampTransport(
    [FromKeyedServices(OnrampTransport.HandlerKey)] HttpMessageHandler handler, IOptions<OnrampOptions> options, TimeProvider time) : IDisposable
{
    public const string HandlerKey = "onramp";

    // Far above any answer of the provider, far below what could hurt.
    private const int MaxReplyBytes = 64 * 1024;

    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: false);
    private readonly Uri _cancelOrder = new(options.Value.BaseUrl, "/onramp-merchants/widget/cancelOrder");
    private readonly Uri _getOrder = new(options.Value.BaseUrl, "/onramp-merchants/widget/getOrder");
    private readonly Uri _serverTime = new(options.Value.BaseUrl, "/onramp/api/v2/common/public/currentTimestamp");

    public Task<Answer> CancelOrderAsync(OrderReference order, SignedRequest signed, CancellationToken cancellationToken)
        => PostAsync(_cancelOrder, order, signed, cancellationToken);

    public Task<Answer> GetOrderAsync(OrderReference order, SignedRequest signed, CancellationToken cancellationToken)
        => PostAsync(_getOrder, order, signed, cancellationToken);

    public Task<Answer> GetServerTimeAsync(CancellationToken cancellationToken)
        => SendAsync(new HttpRequestMessage(HttpMethod.Get, _serverTime), cancellationToken);

    public void Dispose() => _invoker.Dispose();

    private Task<Answer> PostAsync(Uri uri, OrderReference order, SignedRequest signed, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ReadOnlyMemoryContent(order.Json) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json;charset=UTF-8");
        request.Headers.TryAddWithoutValidation("X-ONRAMP-APIKEY", signed.Credentials.ApiKey);
        request.Headers.TryAddWithoutValidation("X-ONRAMP-PAYLOAD", signed.Payload);
        request.Headers.TryAddWithoutValidation("X-ONRAMP-SIGNATURE", signed.Signature);
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Sends the request and disposes of it.</summary>
    private async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            using var response = await _invoker.SendAsync(request, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = ArrayPool<byte>.Shared.Rent(InitialSize(response));
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
            {
                length += read;
                if (length > MaxReplyBytes)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    throw new HttpRequestException($"an answer of more than {MaxReplyBytes} bytes");
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }

            return new Answer(response.StatusCode, buffer, length, RetryAfter(response));
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static int InitialSize(HttpResponseMessage response)
        => response.Content.Headers.ContentLength is { } length and < MaxReplyBytes ? (int)length + 1 : 2048;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode || response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        var wait = header.Delta ?? header.Date - time.GetUtcNow();
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
