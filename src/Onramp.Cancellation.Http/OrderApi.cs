using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation.Http;

/// <summary>The one way that every HTTP request goes, on every host: method, endpoint, answer; and what becomes of a fault.</summary>
public sealed partial class OrderApi
{
    /// <summary>
    /// The largest body that a web server should take in: what is too large for a request is read on and thrown away, or many a sender would never see the
    /// answer; beyond this the connection is closed.
    /// </summary>
    public const int MaxUploadBytes = 4 * 1024 * 1024;

    private readonly ILogger<OrderApi> _logger;

    internal OrderApi(CancelEndpoint cancels, TimeoutEndpoint timeouts, HealthEndpoint health, ILogger<OrderApi> logger)
    {
        (Cancels, Timeouts, Health) = (cancels, timeouts, health);
        _logger = logger;
    }

    internal CancelEndpoint Cancels { get; }

    internal TimeoutEndpoint Timeouts { get; }

    internal HealthEndpoint Health { get; }

    /// <summary>Answers a request of any method.</summary>
    /// <param name="route">Where it came in.</param>
    /// <param name="context">The request, with the values of its route.</param>
    /// <param name="cancellationToken">
    /// Cuts the work short. Not the request's own token: a caller who hangs up must not stop a cancel between the provider's call and the outcome event; the
    /// core's time budget ends the work.
    /// </param>
    /// <returns>The answer, which the host executes.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing is known of what became of the request.</exception>
    public async Task<IResult> AnswerAsync(ApiRoute route, HttpContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return route.Methods.Contains(context.Request.Method) ? await route.Answer(this, context, cancellationToken) : Problems.MethodNotAllowed(route.Methods);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Broken(_logger, exception);
            return Problems.InternalError();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Error, "A request failed by a fault in this service")]
        public static partial void Broken(ILogger logger, Exception exception);
    }
}
