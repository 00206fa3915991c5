using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Reading;
using Onramp.Cancellation.Storage;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// Handles every HTTP request, on every host: checks the method, reads the request, calls the endpoint and turns
/// exceptions into responses.
/// </summary>
public sealed partial class OrderApi
{
    /// <summary>
    /// The largest body that a web server should accept: the limit of the Functions host. Larger bodies than a request
    /// may have are drained, so that the sender still gets the response. If the connection closed instead, the
    /// Functions host would answer with an empty 500.
    /// </summary>
    public const int MaxUploadBytes = 100 * 1024 * 1024;

    private readonly RequestReader _reader;
    private readonly WebhookHandshake _handshake;
    private readonly CancelEndpoint _cancels;
    private readonly TimeoutEndpoint _timeouts;
    private readonly RecordsEndpoint _records;
    private readonly HealthEndpoint _health;
    private readonly WorkInProgress _work;
    private readonly ILogger<OrderApi> _logger;

    internal OrderApi(
        RequestReader reader,
        WebhookHandshake handshake,
        CancelEndpoint cancels,
        TimeoutEndpoint timeouts,
        RecordsEndpoint records,
        HealthEndpoint health,
        WorkInProgress work,
        ILogger<OrderApi> logger
    )
    {
        (_reader, _handshake) = (reader, handshake);
        (_cancels, _timeouts, _records, _health) = (cancels, timeouts, records, health);
        (_work, _logger) = (work, logger);
    }

    /// <summary>
    /// Handles a request of any method. A caller that disconnects does not stop a cancel between the call to the
    /// provider and the outcome event; only the time budget and a stopping host end the work.
    /// </summary>
    /// <param name="route">The route that matched.</param>
    /// <param name="context">The request, with its route values.</param>
    /// <returns>The response, which the host executes. It never throws: some hosts would answer with 200.</returns>
    public async Task<IResult> AnswerAsync(ApiRoute route, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(context);
        if (!_work.TryBegin())
        {
            return Problems.Stopping();
        }

        var span = default(RequestSpan);
        try
        {
            if (!route.Methods.Contains(context.Request.Method))
            {
                return Problems.MethodNotAllowed(route.Methods);
            }

            if (HttpMethods.IsOptions(context.Request.Method))
            {
                return SingleHeader.Fault(context.Request.Headers) ?? _handshake.Answer(context.Request, route.Methods);
            }

            var (call, answer) = await _reader.ReadAsync(route, context, _work.Abandoned);
            if (answer is not null)
            {
                return answer;
            }

            span = RequestSpan.Start(route, call);
            return span.Answered(await AnswerAsync(route.Operation, call, _work.Abandoned));
        }
        catch (TablesUnavailableException)
        {
            return span.Answered(Problems.RecordsUnavailable());
        }
        catch (OperationCanceledException) when (_work.Abandoned.IsCancellationRequested)
        {
            return span.Answered(Problems.Stopping());
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, exception);
            return span.Answered(Problems.InternalError());
        }
        finally
        {
            span.Dispose();
            _work.End();
        }
    }

    private ValueTask<IResult> AnswerAsync(ApiOperation operation, ApiCall call, CancellationToken cancellationToken) =>
        operation switch
        {
            ApiOperation.CancelOrder => _cancels.AnswerAsync(call, cancellationToken),
            ApiOperation.OrderTimeout => _timeouts.AnswerAsync(call, cancellationToken),
            ApiOperation.OrderOutcomes => _records.OutcomesAsync(call, cancellationToken),
            ApiOperation.RequestState => _records.RequestAsync(call, cancellationToken),
            ApiOperation.Health => new(_health.Answer()),
            ApiOperation.OpenApi => new(ContractsEndpoint.OpenApi()),
            ApiOperation.AsyncApi => new(ContractsEndpoint.AsyncApi()),
            ApiOperation.Schema => new(ContractsEndpoint.Schema(call)),
        };

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Error, "A request failed because of an error in this service")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
