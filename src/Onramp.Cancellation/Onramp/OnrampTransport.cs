using System.Collections.Concurrent;
using System.Net;
using System.Text.Unicode;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>Sends a request and reads an answer of limited length, without redirects and cookies.</summary>
internal sealed class OnrampTransport(
    [FromKeyedServices(OnrampTransport.HandlerKey)] HttpMessageHandler handler,
    IOptions<OnrampOptions> options,
    TimeProvider time
) : IDisposable
{
    public const string HandlerKey = "onramp";

    // Far longer than any answer of the provider.
    private const int MaxReplyBytes = 64 * 1024;

    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: false);
    private readonly ConcurrentDictionary<ProviderOperation, Uri> _addresses = new();
    private readonly Uri _baseUrl = options.Value.BaseUrl;

    /// <summary>Creates the request of an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="body">The body, if the operation is signed.</param>
    /// <param name="signed">The signature, if the operation is signed.</param>
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

    /// <summary>Sends a request; returns when the answer's headers have arrived.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    /// <summary>Reads the whole body of an answer.</summary>
    /// <exception cref="UnreadableAnswerException">The body is too long or cannot be decompressed.</exception>
    public async Task<ProviderAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxReplyBytes, cancellationToken);
        }
        catch (HttpRequestException exception)
            when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new UnreadableAnswerException($"an answer of more than {MaxReplyBytes} bytes");
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            throw new UnreadableAnswerException("an answer that cannot be decompressed");
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);

        // Some servers put a charset here. Codings other than gzip, deflate and br remain on the response.
        return response.Content.Headers.ContentEncoding.Count == 0 || Utf8.IsValid(body)
            ? new ProviderAnswer(response.StatusCode, body, RetryAfter(response))
            : throw new UnreadableAnswerException("an answer in a content coding other than gzip, deflate and br");
    }

    public void Dispose() => _invoker.Dispose();

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        // Both instants are by the provider's clock, if the answer has a date.
        var wait = header.Delta ?? header.Date - (response.Headers.Date ?? time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }
}

/// <summary>An answer of the provider with its whole body.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The decompressed body.</param>
/// <param name="RetryAfter">The wait that the provider asks for; null for none.</param>
internal sealed record ProviderAnswer(HttpStatusCode Status, byte[] Body, TimeSpan? RetryAfter);

/// <summary>An answer that cannot be read. The message says why and does not quote the answer.</summary>
internal sealed class UnreadableAnswerException(string message) : IOException(message);
