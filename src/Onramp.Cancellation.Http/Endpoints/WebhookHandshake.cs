using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Callers;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// Answers senders of events that ask for permission to deliver (HTTP 1.1 Web Hooks for Event Delivery 1.0.2, section
/// 4). The headers grant it, not the status: an origin without permission gets the same 200 without them.
/// </summary>
internal sealed partial class WebhookHandshake(IOptions<CallersOptions> options, ILogger<WebhookHandshake> logger)
{
    private readonly CallersOptions _options = options.Value;

    public IResult Answer(HttpRequest request, IReadOnlyList<string> methods)
    {
        List<KeyValuePair<string, string>> headers = [new("Allow", string.Join(", ", methods))];
        var origin = request.Headers["WebHook-Request-Origin"].ToString();
        if (origin.Length > 0 && IsAllowed(origin))
        {
            headers.Add(new("WebHook-Allowed-Origin", origin));
            headers.Add(new("WebHook-Allowed-Rate", Rate(request.Headers["WebHook-Request-Rate"].ToString())));
        }
        else if (origin.Length > 0)
        {
            Log.Refused(logger, LogText.Of(origin));
        }

        return new ApiResult(StatusCodes.Status200OK, ContentType: null, ReadOnlyMemory<byte>.Empty, headers);
    }

    private bool IsAllowed(string origin) =>
        Uri.CheckHostName(origin) == UriHostNameType.Dns
        && _options.AllowedOrigins.Any(allowed =>
            allowed == "*" || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>
    /// Requests a minute: the requested number, up to the caller's limit. Any number if there is neither.
    /// </summary>
    private string Rate(string requested)
    {
        var isNumber =
            int.TryParse(requested, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0;
        var allowed = (isNumber, _options.RequestsPerMinute) switch
        {
            (true, > 0 and var limit) => Math.Min(rate, limit),
            (true, _) => rate,
            (false, > 0 and var limit) => limit,
            (false, _) => (int?)null,
        };
        return allowed?.ToString(CultureInfo.InvariantCulture) ?? "*";
    }

    private static partial class Log
    {
        [LoggerMessage(
            605,
            LogLevel.Warning,
            "{Origin} asked for permission to deliver events and has none. To allow it, set Callers__AllowedOrigins__0"
        )]
        public static partial void Refused(ILogger logger, string origin);
    }
}
