using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Hosting;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Records;

namespace Onramp.Cancellation.ServiceBus;

/// <summary>
/// Handles every outcome event of the subscription for records, on every host: lets the core record it, then completes
/// or abandons it.
/// </summary>
public sealed partial class OutcomeDispatcher(
    OutcomeRecorder recorder,
    WorkInProgress work,
    TimeProvider time,
    ILogger<OutcomeDispatcher> logger
)
{
    /// <inheritdoc cref="DispatchAsync(InboundMessage, IMessageActions)"/>
    public Task DispatchAsync(ServiceBusReceivedMessage message, IMessageActions actions) =>
        DispatchAsync(message.ToInbound(), actions);

    /// <summary>
    /// Records an event and settles it, unless the host is stopping. Does not throw: an event that is not settled is
    /// delivered again, which is safe.
    /// </summary>
    public async Task DispatchAsync(InboundMessage message, IMessageActions actions)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(actions);
        if (!work.TryBegin())
        {
            return;
        }

        try
        {
            var isRecorded = await recorder.TryRecordAsync(message, work.Abandoned);
            var settling = isRecorded
                ? actions.CompleteAsync(CancellationToken.None)
                : actions.AbandonAsync(properties: null, CancellationToken.None);
            await settling.WaitAsync(MessageDispatcher.SettlementTimeout, time, CancellationToken.None);
        }
        catch (Exception exception)
        {
            if (!work.Abandoned.IsCancellationRequested)
            {
                Log.NotSettled(logger, message.SequenceNumber, exception);
            }
        }
        finally
        {
            work.End();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            706,
            LogLevel.Warning,
            "Outcome event {SequenceNumber} could not be recorded or settled; it will be delivered again"
        )]
        public static partial void NotSettled(ILogger logger, long sequenceNumber, Exception exception);
    }
}
