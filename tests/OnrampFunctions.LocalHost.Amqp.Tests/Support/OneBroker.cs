namespace OnrampFunctions.LocalHost.Amqp.Tests;

/// <summary>One broker for all tests of a class, which do not depend on what it holds.</summary>
public sealed class OneBroker : IAsyncLifetime
{
    public Broker Broker { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Broker = await Broker.StartAsync();

    public ValueTask DisposeAsync() => Broker.DisposeAsync();
}
