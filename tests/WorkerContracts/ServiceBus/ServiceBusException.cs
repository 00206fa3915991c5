#nullable disable
namespace Azure.Messaging.ServiceBus;

public class ServiceBusException : Exception
{
    public ServiceBusException(string message, ServiceBusFailureReason reason, string entityPath = null, Exception innerException = null)
        : base(message, innerException)
        => Reason = reason;

    public ServiceBusFailureReason Reason { get; }
}

public enum ServiceBusFailureReason
{
    GeneralError = 0,
    MessagingEntityNotFound = 1,
    MessageLockLost = 2,
    MessageNotFound = 3,
    MessageSizeExceeded = 4,
    MessagingEntityDisabled = 5,
    QuotaExceeded = 6,
    ServiceBusy = 7,
    ServiceTimeout = 8,
    ServiceCommunicationProblem = 9,
    SessionCannotBeLocked = 10,
    SessionLockLost = 11,
    MessagingEntityAlreadyExists = 12,
}
