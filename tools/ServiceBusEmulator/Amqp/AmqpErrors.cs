using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// The errors of the endpoint: conditions that Service Bus clients recognise, and descriptions for people who read
/// their exceptions.
/// </summary>
internal static class AmqpErrors
{
    public static readonly AmqpSymbol ArgumentError = "com.microsoft:argument-error";
    public static readonly AmqpSymbol DeadLetter = "com.microsoft:dead-letter";
    public static readonly AmqpSymbol MessageLockLost = "com.microsoft:message-lock-lost";
    public static readonly AmqpSymbol MessageNotFound = "com.microsoft:message-not-found";

    /// <summary>The error for an exception.</summary>
    public static Error Of(Exception failure) =>
        failure switch
        {
            AmqpException known => known.Error,

            // Not "server busy": clients would pause for ten seconds, and an occasional fault would become an outage.
            BrokerFaultException { WasDone: false } refused => new Error
            {
                Condition = AmqpErrorCode.ResourceLimitExceeded,
                Description = refused.Message,
            },
            _ => new Error { Condition = AmqpErrorCode.InternalError, Description = failure.Message },
        };

    // The JavaScript client recognises this error by its first words, which are Azure's.
    public static AmqpException NotFound(string path) =>
        new(
            AmqpErrorCode.NotFound,
            $"The messaging entity '{path}' could not be found. "
                + "Declare queues and topics in the emulator's configuration file."
        );

    public static AmqpException CannotReceive(string path) =>
        new(
            AmqpErrorCode.NotAllowed,
            $"'{path}' is a topic: receive from one of its subscriptions, {path}/Subscriptions/NAME."
        );

    public static AmqpException CannotSend(string path) =>
        new(AmqpErrorCode.NotAllowed, $"Nothing can be sent to '{path}': send to a queue or a topic.");

    public static AmqpException NoSessions() =>
        new(
            AmqpErrorCode.NotAllowed,
            "The emulator has no sessions: receive without one, or use a namespace in Azure."
        );

    public static AmqpException NoTransactions() =>
        new(
            AmqpErrorCode.NotImplemented,
            "The emulator has no transactions: settle and send without one, or use a namespace in Azure."
        );

    public static AmqpException UnsupportedOperation(string operation) =>
        new(
            AmqpErrorCode.NotImplemented,
            $"The emulator does not support '{operation}'. It has no sessions and no transactions, "
                + "and rules are set in its configuration file."
        );

    public static AmqpException LockLost() =>
        new(
            MessageLockLost,
            "The lock has expired or was never granted: the message is delivered again, or has already been settled."
        );

    public static AmqpException MessageNotAvailable() =>
        new(MessageNotFound, "No message with that sequence number is in that state.");

    public static AmqpException TooLarge(int bytes) =>
        new(
            AmqpErrorCode.MessageSizeExceeded,
            $"The message has {bytes} bytes; the maximum is {BrokerLimits.MaxMessageBytes}."
        );

    public static AmqpException LimitExceeded(string what) =>
        new(AmqpErrorCode.ResourceLimitExceeded, $"A connection is limited to {what}.");

    public static AmqpException Malformed(string what) =>
        new(AmqpErrorCode.DecodeError, $"The message cannot be read: {what}");

    public static AmqpException Argument(string what) => new(ArgumentError, what);

    public static AmqpException Detached() =>
        new(AmqpErrorCode.DetachForced, "The emulator detached the link on purpose.");

    public static AmqpException Stopping() => new(AmqpErrorCode.ConnectionForced, "The emulator is stopping.");
}
