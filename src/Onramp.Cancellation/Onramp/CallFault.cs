namespace Onramp.Cancellation.Onramp;

/// <summary>Why a call got no readable answer, in words that quote nothing from it.</summary>
internal static class CallFault
{
    public static string Describe(Exception exception) =>
        exception switch
        {
            UnreadableAnswerException => exception.Message,
            HttpRequestException request => Describe(request.HttpRequestError),
            HttpIOException answer => Describe(answer.HttpRequestError),
            _ => Describe(HttpRequestError.Unknown),
        };

    private static string Describe(HttpRequestError? error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => "no answer: the name of Onramp's server cannot be resolved",
            HttpRequestError.SecureConnectionError => "no answer: no trusted TLS connection",
            HttpRequestError.ProxyTunnelError => "no answer: the proxy refuses the connection",
            HttpRequestError.ResponseEnded => "no answer: the connection ended before the answer did",
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "an answer that is not HTTP",
            HttpRequestError.ConfigurationLimitExceeded => "an answer whose headers are too long",
            _ => "no answer: the connection failed",
        };
}
