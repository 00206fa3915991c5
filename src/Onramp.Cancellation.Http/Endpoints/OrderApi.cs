using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Reading;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// The one way that every HTTP request goes, on every host: method, headers, body, caller, limit, endpoint, answer; and
/// what becomes of a fault.
/// </summary>
public sealed partial class OrderApi
{
    /// <summary>
    /// The largest body that a web server accepts, which is also the limit of the Functions host. A body that is too
    /// large for a request is drained, so that its sender still sees the response: the Functions host answers a bare
    /// 500 when the connection closes instead.
    /// </summary>
    public const int MaxUploadBytes = 100 * 1024 * 1024;

    private readonly RequestReader _reader;
    private readonly WebhookHandshake _handshake;
    private readonly CancelEndpoint _cancels;
    private readonly TimeoutEndpoint _timeouts;
    private readonly HealthEndpoint _health;
    private readonly WorkInProgress _work;
    private readonly ILogger<OrderApi> _logger;

    internal OrderApi(
        RequestReader reader,
        WebhookHandshake handshake,
        CancelEndpoint cancels,
        TimeoutEndpoint timeouts,
        HealthEndpoint health,
        WorkInProgress work,
        ILogger<OrderApi> logger
    )
    {
        (_reader, _handshake) = (reader, handshake);
        (_cancels, _timeouts, _health) = (cancels, timeouts, health);
        (_work, _logger) = (work, logger);
    }

    /// <summary>
    /// Answers a request of any method. A caller who hangs up does not stop a cancel between the provider's call and
    /// the outcome event; the core's time budget ends the work, and a host that stops.
    /// </summary>
    /// <param name="route">Where it came in.</param>
    /// <param name="context">The request, with the values of its route.</param>
    /// <returns>The answer, which the host executes. Nothing is thrown: some hosts answer 200 then.</returns>
    public async Task<IResult> AnswerAsync(ApiRoute route, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(context);
        if (!_work.TryBegin())
        {
            return Problems.Stopping();
        }

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
            return answer ?? await AnswerAsync(route.Operation, call, _work.Abandoned);
        }
        catch (OperationCanceledException) when (_work.Abandoned.IsCancellationRequested)
        {
            return Problems.Stopping();
        }
        catch (Exception exception)
        {
            Log.Broken(_logger, exception);
            return Problems.InternalError();
        }
        finally
        {
            _work.End();
        }
    }

    private ValueTask<IResult> AnswerAsync(ApiOperation operation, ApiCall call, CancellationToken cancellationToken) =>
        operation switch
        {
            ApiOperation.CancelOrder => _cancels.AnswerAsync(call, cancellationToken),
            ApiOperation.ArmOrderTimeout => _timeouts.ArmAsync(call, cancellationToken),
            ApiOperation.DisarmOrderTimeout => _timeouts.DisarmAsync(call, cancellationToken),
            ApiOperation.Health => new(_health.Answer()),
            ApiOperation.OpenApi => new(ContractsEndpoint.OpenApi()),
            ApiOperation.AsyncApi => new(ContractsEndpoint.AsyncApi()),
            ApiOperation.Schema => new(ContractsEndpoint.Schema(call)),
        };

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Error, "A request failed by a fault in this service")]
        public static partial void Broken(ILogger logger, Exception exception);
    }
}
