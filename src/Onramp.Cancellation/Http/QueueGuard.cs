using Microsoft.Extensions.Logging;

namespace Onramp.Cancellation;

/// <summary>Tells a queue that is not to be had from one that took the message.</summary>
internal static partial class QueueGuard
{
    public static async Task<bool> TryAsync(Func<CancellationToken, Task> use, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await use(cancellationToken);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unavailable(logger, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(602, LogLevel.Error, "The queue could not be used")]
        public static partial void Unavailable(ILogger logger, Exception exception);
    }
}
