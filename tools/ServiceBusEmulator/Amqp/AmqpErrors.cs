using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// What the endpoint refuses, in the symbols by which Service Bus clients know it, and in words for whoever reads their
/// exceptions.
/// </summary>
internal static class AmqpErrors
{
    public static readonly AmqpSymbol ArgumentError = "com.microsoft:argument-error";
    public static readonly AmqpSymbol DeadLetter = "com.microsoft:dead-letter";
    public static readonly AmqpSymbol MessageLockLost = "com.microsoft:message-lock-lost";
    public static readonly AmqpSymbol MessageNotFound = "com.microsoft:message-not-found";

    /// <summary>What a client is told of a failure.</summary>
    public static Error Of(Exception failure) =>
        failure switch
        {
            AmqpException known => known.Error,

            // Not "busy": clients then ask nothing for ten seconds, and a fault by rate would be an outage.
            BrokerFaultException { WasDone: false } refused => new Error
            {
                Condition = AmqpErrorCode.ResourceLimitExceeded,
                Description = refused.Message,
            },
            _ => new Error { Condition = AmqpErrorCode.InternalError, Description = failure.Message },
        };

    // The JavaScript client knows this error by the first words, which are Azure's.
    public static AmqpException NotFound(string path) =>
        new(
            AmqpErrorCode.NotFound,
            $"The messaging entity '{path}' could not be found. Declare queues and topics in the emulator's configuration file."
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

    public static AmqpException NoSuchOperation(string operation) =>
        new(
            AmqpErrorCode.NotImplemented,
            $"The emulator does not do '{operation}'. It has neither sessions nor transactions, and rules are set in the emulator's configuration file."
        );

    public static AmqpException LockLost() =>
        new(
            MessageLockLost,
            "The lock has ended, or was never given: the message is delivered again, or somebody else has settled it."
        );

    public static AmqpException NoSuchMessage() =>
        new(MessageNotFound, "No message with that sequence number waits here in that state.");

    public static AmqpException TooLarge(int bytes) =>
        new(
            AmqpErrorCode.MessageSizeExceeded,
            $"The message has {bytes} bytes; {BrokerLimits.MaxMessageBytes} are the most."
        );

    public static AmqpException TooMuch(string what) =>
        new(AmqpErrorCode.ResourceLimitExceeded, $"A connection may have {what} and no more.");

    public static AmqpException Malformed(string what) =>
        new(AmqpErrorCode.DecodeError, $"The message cannot be read: {what}");

    public static AmqpException Argument(string what) => new(ArgumentError, what);

    public static AmqpException Detached() =>
        new(AmqpErrorCode.DetachForced, "The emulator detached the link on purpose.");

    public static AmqpException Stopping() => new(AmqpErrorCode.ConnectionForced, "The emulator is stopping.");
}
