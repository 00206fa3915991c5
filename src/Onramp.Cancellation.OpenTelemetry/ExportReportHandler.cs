using System.Net;

namespace Onramp.Cancellation.OpenTelemetry;

/// <summary>
/// The way of one signal's exports to their receiver, which tells an <see cref="ExportReport"/> what becomes of each.
/// </summary>
internal sealed class ExportReportHandler(string signal, ExportReport report, HttpMessageHandler network)
    : DelegatingHandler(network)
{
    private const string GrpcStatus = "grpc-status";

    // Far above any answer of a receiver.
    private const int MaxAnswerBytes = 1024 * 1024;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(request, base.Send(request, cancellationToken));
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

            // Over gRPC the trailers say what came of it, and they follow the body.
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
            return Judge(request, response);
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
            OperationCanceledException => "no answer in time",
            HttpRequestException { InnerException: { } inner } => inner.Message,
            _ => exception.Message,
        };

    private static string? StatusOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(GrpcStatus, out var status)
        || response.TrailingHeaders.TryGetValues(GrpcStatus, out status)
            ? status.First()
            : null;

    private HttpResponseMessage Judge(HttpRequestMessage request, HttpResponseMessage response)
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
