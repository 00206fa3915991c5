using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator;

/// <summary>What an <see cref="Emulator"/> starts with.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The queues and topics. Default none.</summary>
    public BrokerEntities Entities { get; init; } = BrokerEntities.None;

    /// <summary>The AMQP port on localhost; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether it serves the REST API too, on a free port. Default false.</summary>
    public bool ServesRest { get; init; }

    /// <summary>What goes wrong on purpose. Default nothing.</summary>
    public IBrokerFaults? Faults { get; init; }

    /// <summary>The time of locks, schedules, expiry and duplicate detection. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
