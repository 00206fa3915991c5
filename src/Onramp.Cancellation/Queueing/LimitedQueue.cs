using Microsoft.Extensions.Options;
using Polly;

namespace Onramp.Cancellation;

/// <summary>The queue, with a time limit on every operation: a broker that accepts a connection and never answers costs time and nothing else.</summary>
internal sealed class LimitedQueue(ICancelQueue queue, IOptions<QueueOptions> options, TimeProvider time) : ICancelQueue
{
    private readonly ResiliencePipeline _limit = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Value.OperationTimeout).Build();

    public Task SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => _limit.ExecuteAsync(async token => await queue.SendAsync(message, token).WaitAsync(token), cancellationToken).AsTask();

    public Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken)
        => _limit.ExecuteAsync(async token => await queue.ScheduleAsync(message, dueAt, token).WaitAsync(token), cancellationToken).AsTask();

    public Task<ScheduledCancel?> FindScheduledAsync(string messageId, long sequenceNumber, CancellationToken cancellationToken)
        => _limit.ExecuteAsync(async token => await queue.FindScheduledAsync(messageId, sequenceNumber, token).WaitAsync(token), cancellationToken).AsTask();

    public Task<bool> CancelTimeoutAsync(long sequenceNumber, CancellationToken cancellationToken)
        => _limit.ExecuteAsync(async token => await queue.CancelTimeoutAsync(sequenceNumber, token).WaitAsync(token), cancellationToken).AsTask();
}
