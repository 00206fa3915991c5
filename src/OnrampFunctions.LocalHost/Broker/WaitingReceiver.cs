namespace OnrampFunctions.Local;

/// <summary>A receiver that found the queue empty. Its continuation never runs inside the queue's lock.</summary>
internal sealed class WaitingReceiver() : TaskCompletionSource<LockedMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
