using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// The span of one HTTP request, by the semantic conventions. Without a listener it still carries the caller's trace
/// context.
/// </summary>
internal readonly struct RequestSpan : IDisposable
{
    private readonly Activity? _activity;

    private RequestSpan(Activity? activity) => _activity = activity;

    /// <summary>Starts the span of a request. Requests of the public routes, which monitors repeat, have none.</summary>
    public static RequestSpan Start(ApiRoute route, ApiCall call)
    {
        if (route.IsAnonymous)
        {
            return default;
        }

        var activity = TraceContext.Start(route.SpanName(call.Context.Request.Method), call.Trace, ActivityKind.Server);
        if (ServiceSpans.Wanted)
        {
            var request = call.Context.Request;
            activity
                ?.SetTag(TelemetryNames.Method, request.Method)
                .SetTag(TelemetryNames.Route, route.Template)
                .SetTag(TelemetryNames.Scheme, request.Scheme);
            if (!route.Path.Contains('{', StringComparison.Ordinal))
            {
                // Values of parameters are left out: an order may be named by its hash.
                activity?.SetTag(TelemetryNames.Path, route.Template);
            }
        }

        return new RequestSpan(activity);
    }

    /// <summary>Records the status of a response, and returns the response.</summary>
    public IResult Answered(IResult answer)
    {
        if (ServiceSpans.Wanted && _activity is not null && StatusOf(answer) is { } status)
        {
            _activity.SetTag(TelemetryNames.StatusCode, status);
            if (status >= 500 && _activity.Status == ActivityStatusCode.Unset)
            {
                _activity.SetFailed(status.ToString(CultureInfo.InvariantCulture));
            }
        }

        return answer;
    }

    public void Dispose() => _activity?.Dispose();

    private static int? StatusOf(IResult answer) =>
        answer switch
        {
            ApiResult own => own.StatusCode,
            IStatusCodeHttpResult other => other.StatusCode,
            _ => null,
        };
}
