namespace OnrampFunctions.LocalHost.Tests;

/// <summary>A running local host for all tests of a class.</summary>
public abstract class HostFixture(params (string, string)[] settings) : IAsyncLifetime
{
    public RunningHost Host { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Host = await RunningHost.StartAsync(settings);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
    }
}
