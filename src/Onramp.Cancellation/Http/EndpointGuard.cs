using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation;

/// <summary>Turns a fault in the program into an answer; a cancelled token stays an exception.</summary>
internal static partial class EndpointGuard
{
    public static async Task<ApiResponse> RunAsync(
        Func<ApiRequest, CancellationToken, Task<ApiResponse>> answer, ApiRequest request, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            return await answer(request, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Broken(logger, exception);
            return Problems.InternalError();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Error, "A request failed by a fault in this service")]
        public static partial void Broken(ILogger logger, Exception exception);
    }
}
