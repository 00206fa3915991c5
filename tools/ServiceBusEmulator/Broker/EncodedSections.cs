namespace ServiceBusEmulator.Broker;

/// <summary>
/// The sections of a message as its sender encoded them (AMQP 1.0 part 3, section 3.2). They are passed on byte for
/// byte, so that every property type and body is preserved. A missing section is empty.
/// </summary>
/// <param name="Header">Durability, priority and time to live; the broker adds the delivery count.</param>
/// <param name="Annotations">The message annotations; the broker adds its own.</param>
/// <param name="Properties">The message id and the other standard properties.</param>
/// <param name="ApplicationProperties">Also empty when a receiver has changed them; then
/// <see cref="BrokerMessage.Properties"/> applies.</param>
/// <param name="Body">Data, sequences or a value, and the footer.</param>
internal sealed record EncodedSections(
    ReadOnlyMemory<byte> Header,
    ReadOnlyMemory<byte> Annotations,
    ReadOnlyMemory<byte> Properties,
    ReadOnlyMemory<byte> ApplicationProperties,
    ReadOnlyMemory<byte> Body
);
