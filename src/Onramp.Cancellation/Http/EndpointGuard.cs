using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation;

/// <summary>Turns a fault in the program into an answer; a cancelled token stays an exception.</summary>
internal static partial class EndpointGuard
{
    /// <summary>Whether an exception is a fault of ours, and not the end of the caller's patience.</summary>
    public static bool IsFault(Exception exception, CancellationToken cancellationToken)
        => exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested;

    /// <summary>Logs the fault.</summary>
    /// <returns>What to answer instead.</returns>
    public static ApiResponse Answer(Exception exception, ILogger logger)
    {
        Log.Broken(logger, exception);
        return Problems.InternalError();
    }

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Error, "A request failed by a fault in this service")]
        public static partial void Broken(ILogger logger, Exception exception);
    }
}
