using System.Net;
using System.Text;

namespace Onramp.Testing;

/// <summary>Answers of the provider, as documented and as seen in failures.</summary>
internal static class Answers
{
    public const string CancelledOrder = """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}""";

    public static Answer Cancelled => Json(200, CancelledOrder);

    public static Answer HtmlPage => Text(502, "text/html", "<html><body>502 Bad Gateway</body></html>");

    public static Answer Empty => Text(200, "application/json", "");

    public static Answer CutOff => Text(200, "application/json", """{"status":1,"data":{"orderId":"14""");

    public static Answer AheadOfTime => Json(401, """{"status":0,"error":"Ahead of Time","code":401}""");

    public static Answer BadSignature => Json(401, """{"status":0,"error":"Invalid signature","code":401}""");

    public static Answer TooMany => Json(429, """{"status":0,"error":"Too many requests","code":429}""");

    public static Answer UnknownOrder => Json(417, """{"status":0,"error":"Order does not exist","code":417}""");

    /// <summary>The connection breaks.</summary>
    public static Answer Reset => (_, _, _) => throw new HttpRequestException("Connection reset by peer");

    /// <summary>No answer until the call times out.</summary>
    public static Answer Hang =>
        (_, time, token) =>
        {
            time.Advance(TimeSpan.FromSeconds(6));
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The call has no timeout of 6 s.");
        };

    /// <summary>getOrder's answer; the id is a number there.</summary>
    public static Answer Order(int status, long orderId = 1443) =>
        Json(
            200,
            $$$"""{"status":1,"code":200,"data":{"orderId":{{{orderId}}},"coinId":1,"chainId":3,"coinAmount":12.5,"status":{{{status}}},"startTime":1699999000,"endTime":1700002600,"depositHash":null}}"""
        );

    /// <summary>getOrder's answer about an order that waits for payment until a time in Unix seconds.</summary>
    public static Answer Waiting(long endTime) =>
        Json(
            200,
            $$$"""{"status":1,"code":200,"data":{"orderId":1443,"status":0,"startTime":1699999000,"endTime":{{{endTime}}}}}"""
        );

    /// <summary>getOrder's answer about an order that waits for payment without an end.</summary>
    public static Answer Endless =>
        Json(200, """{"status":1,"code":200,"data":{"orderId":1443,"status":0,"endTime":null}}""");

    public static Answer Error(int http, string words) => Json(http, $$"""{"status":0,"error":"{{words}}"}""");

    public static Answer ServerTime(long milliseconds) =>
        Json(200, $$"""{"status":1,"code":200,"data":{{milliseconds}}}""");

    /// <summary>Runs an action while the provider handles the call.</summary>
    public static Answer During(Action happens, Answer answer) =>
        (request, time, token) =>
        {
            happens();
            return answer(request, time, token);
        };

    public static Answer WithRetryAfter(Answer answer, string value) =>
        (request, time, token) =>
        {
            var response = answer(request, time, token);
            response.Headers.TryAddWithoutValidation("Retry-After", value);
            return response;
        };

    public static Answer Json(int status, string body) => Text(status, "application/json", body);

    private static Answer Text(int status, string type, string body) =>
        (_, _, _) =>
            new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };
}

/// <summary>One answer of the provider.</summary>
internal delegate HttpResponseMessage Answer(ReceivedCall call, JumpingClock time, CancellationToken cancellationToken);
