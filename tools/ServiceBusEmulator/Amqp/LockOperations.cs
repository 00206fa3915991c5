using System.Collections.Frozen;
using Microsoft.Azure.Amqp.Encoding;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>Management operations on locked messages, by lock tokens, which outlive links and connections.</summary>
internal static class LockOperations
{
    private static readonly FrozenDictionary<string, Func<ManagementRequest, LockedMessage, bool>> Dispositions =
        new Dictionary<string, Func<ManagementRequest, LockedMessage, bool>>
        {
            ["completed"] = (request, message) => request.Queue.TryComplete(message),
            ["abandoned"] = (request, message) => request.Queue.TryAbandon(message, PropertiesToModify(request)),
            // Every client spells it like this.
            ["defered"] = (request, message) => request.Queue.TryDefer(message, PropertiesToModify(request)),
            ["suspended"] = (request, message) =>
                request.Queue.TryDeadLetter(
                    message,
                    request.Optional<string>("deadletter-reason"),
                    request.Optional<string>("deadletter-description"),
                    PropertiesToModify(request)
                ),
        }.ToFrozenDictionary();

    public static ManagementResponse Renew(ManagementRequest request)
    {
        var messages = Find(request);
        return messages.All(request.Queue.TryRenewLock)
            ? ManagementResponse.Of(
                "expirations",
                messages.Select(message => message.LockedUntil.UtcDateTime).ToArray()
            )
            : throw AmqpErrors.LockLost();
    }

    public static ManagementResponse Settle(ManagementRequest request)
    {
        var status = request.Required<string>("disposition-status");
        if (!Dispositions.TryGetValue(status, out var settle))
        {
            throw AmqpErrors.Argument(
                $"'disposition-status' must be one of {string.Join(", ", Dispositions.Keys.Order())}."
            );
        }

        return Find(request).All(message => settle(request, message))
            ? ManagementResponse.Done
            : throw AmqpErrors.LockLost();
    }

    private static LockedMessage[] Find(ManagementRequest request) =>
        [
            .. request
                .Required<Guid[]>("lock-tokens")
                .Select(token => request.Queue.FindLock(token) ?? throw AmqpErrors.LockLost()),
        ];

    private static Dictionary<string, object?>? PropertiesToModify(ManagementRequest request) =>
        request.Optional<AmqpMap>("properties-to-modify") is { } map ? PropertyValues.Read(map) : null;
}
