using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Amqp;

/// <summary>A message that a client sent.</summary>
/// <param name="Message">The message.</param>
/// <param name="DueAt">When it becomes visible; null for at once.</param>
internal readonly record struct IncomingMessage(BrokerMessage Message, DateTimeOffset? DueAt);
