using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Queue;

/// <summary>Accepts messages that ask for a cancel at a later time.</summary>
internal interface ITimeouts
{
    /// <summary>Returns why the timeout cannot be armed; null when it can.</summary>
    /// <param name="fields">The fields of the message, with <c>after</c> or <c>at</c>.</param>
    /// <param name="requestedAt">When the timeout was asked for.</param>
    FieldFault? FaultOf(CancelFields fields, DateTimeOffset requestedAt);

    /// <summary>Arms the timeout.</summary>
    /// <param name="request">The cancel request.</param>
    /// <param name="dueAt">When it is due.</param>
    /// <param name="origin">The message that asked for it.</param>
    /// <param name="cancellationToken">Cancels the operation; the timeout may or may not be armed.</param>
    /// <returns>False when the queue did not confirm it.</returns>
    Task<bool> TryArmAsync(
        CancelRequest request,
        DateTimeOffset dueAt,
        InboundMessage origin,
        CancellationToken cancellationToken
    );
}
