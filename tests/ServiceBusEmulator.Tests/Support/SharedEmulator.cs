namespace ServiceBusEmulator.Tests;

/// <summary>One emulator for all tests of a class that do not depend on its contents.</summary>
public sealed class SharedEmulator : IAsyncLifetime
{
    public RunningEmulator Emulator { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Emulator = await RunningEmulator.StartAsync();

    public ValueTask DisposeAsync() => Emulator.DisposeAsync();
}
