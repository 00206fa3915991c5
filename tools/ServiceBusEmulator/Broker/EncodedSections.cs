namespace ServiceBusEmulator.Broker;

/// <summary>
/// A message as its sender encoded it, by the sections of AMQP 1.0 (part 3, section 3.2): handed on byte for byte, so
/// that no type of a property and no kind of body is lost. A section that is not there is empty.
/// </summary>
/// <param name="Header">Durability, priority and time to live; the broker adds the delivery count.</param>
/// <param name="Annotations">The message annotations; the broker adds its own.</param>
/// <param name="Properties">The message id and its like.</param>
/// <param name="ApplicationProperties">Empty too when a receiver has changed them: then the message's own list
/// counts.</param>
/// <param name="Body">Data, sequences or a value, with the footer if there is one.</param>
internal sealed record EncodedSections(
    ReadOnlyMemory<byte> Header,
    ReadOnlyMemory<byte> Annotations,
    ReadOnlyMemory<byte> Properties,
    ReadOnlyMemory<byte> ApplicationProperties,
    ReadOnlyMemory<byte> Body
);
