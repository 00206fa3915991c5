using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.CloudEvents;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;
using Onramp.Cancellation.Telemetry;
using Polly;

namespace Onramp.Cancellation.Queue;

/// <summary>
/// The queue with a time limit on every operation, so that a broker that never answers only costs time.
/// </summary>
public sealed partial class RequestQueue
{
    private readonly ICancelQueue _queue;
    private readonly QueueMessages _messages;
    private readonly ILogger<RequestQueue> _logger;
    private readonly ResiliencePipeline _limit;

    internal RequestQueue(
        ICancelQueue queue,
        QueueMessages messages,
        IOptions<QueueOptions> options,
        TimeProvider time,
        ILogger<RequestQueue> logger
    )
    {
        _queue = queue;
        _messages = messages;
        _logger = logger;
        _limit = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(options.Value.OperationTimeout)
            .Build();
    }

    /// <summary>Sends a request to the queue, to be handled later.</summary>
    /// <returns>False when the queue did not confirm it; repeating is safe.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<bool> TryDeferAsync(CancelRequest request, CancellationToken cancellationToken) =>
        TryAsync(
            token =>
                SendAsync(
                    _messages.Deferred(request),
                    async (message, limited) =>
                    {
                        await _queue.SendAsync(message, limited);
                        return true;
                    },
                    token
                ),
            cancellationToken
        );

    internal Task<long> ScheduleAsync(
        OutboundMessage message,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    ) => SendAsync(message, (sent, token) => _queue.ScheduleAsync(sent, dueAt, token), cancellationToken);

    /// <summary>The name of the queue.</summary>
    internal string Name => _queue.Destination;

    /// <summary>The namespace of the queue.</summary>
    internal string Namespace => _queue.FullyQualifiedNamespace;

    internal Task<bool> CancelScheduledAsync(
        long sequenceNumber,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    ) => LimitAsync(token => _queue.CancelScheduledAsync(sequenceNumber, isTheOne, token), cancellationToken);

    /// <summary>Runs an operation. A failure is logged, and the result is false.</summary>
    internal async Task<bool> TryAsync(Func<CancellationToken, Task> use, CancellationToken cancellationToken)
    {
        try
        {
            await use(cancellationToken);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unavailable(_logger, exception);
            return false;
        }
    }

    private Task<T> LimitAsync<T>(Func<CancellationToken, Task<T>> use, CancellationToken cancellationToken) =>
        _limit
            .ExecuteAsync(static async (use, token) => await use(token).WaitAsync(token), use, cancellationToken)
            .AsTask();

    /// <summary>Sends a message with its trace.</summary>
    private async Task<T> SendAsync<T>(
        OutboundMessage message,
        Func<OutboundMessage, CancellationToken, Task<T>> send,
        CancellationToken cancellationToken
    )
    {
        using var span = ServiceSpans.StartSend(_queue.Destination);
        span?.SetTag(TelemetryNames.MessageId, message.MessageId)
            .SetTag(TelemetryNames.ConversationId, message.CorrelationId);
        try
        {
            var sent = TraceContext.AddTo(message, span);
            return await LimitAsync(token => send(sent, token), cancellationToken);
        }
        catch (Exception exception)
        {
            span?.SetFailed(exception.GetType().FullName!);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(405, LogLevel.Error, "A queue operation failed")]
        public static partial void Unavailable(ILogger logger, Exception exception);
    }
}
