using System.Net;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// Sends the exports of one signal, and records in an <see cref="ExportReport"/> whether each succeeded.
/// </summary>
internal sealed class ExportReportHandler(string signal, ExportReport report, HttpMessageHandler network)
    : DelegatingHandler(network)
{
    private const string GrpcStatus = "grpc-status";

    // Far above any response of a receiver.
    private const int MaxResponseBytes = 1024 * 1024;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Record(request, base.Send(request, cancellationToken));
        }
        catch (Exception exception)
        {
            Failed(request, exception);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

            // gRPC reports the result in the trailers, which follow the body.
            await response.Content.LoadIntoBufferAsync(MaxResponseBytes, cancellationToken).ConfigureAwait(false);
            return Record(request, response);
        }
        catch (Exception exception)
        {
            Failed(request, exception);
            throw;
        }
    }

    private static string Receiver(HttpRequestMessage request) => request.RequestUri!.Authority;

    private static string Reason(Exception exception) =>
        exception switch
        {
            OperationCanceledException => "no response in time",
            HttpRequestException { InnerException: { } inner } => inner.Message,
            _ => exception.Message,
        };

    private static string? StatusOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(GrpcStatus, out var status)
        || response.TrailingHeaders.TryGetValues(GrpcStatus, out status)
            ? status.First()
            : null;

    private HttpResponseMessage Record(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.PartialContent)
        {
            report.Failed(signal, Receiver(request), $"HTTP status {(int)response.StatusCode}");
        }
        else if (StatusOf(response) is { } status and not "0")
        {
            report.Failed(signal, Receiver(request), $"gRPC status {status}");
        }
        else
        {
            report.Succeeded(signal, Receiver(request));
        }

        return response;
    }

    private void Failed(HttpRequestMessage request, Exception exception) =>
        report.Failed(signal, Receiver(request), Reason(exception));
}
