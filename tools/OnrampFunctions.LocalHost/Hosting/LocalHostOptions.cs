namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>What a program that starts the local host inside itself can change.</summary>
public sealed record LocalHostOptions
{
    /// <summary>The time of everything: service, broker, simulator and vault. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Settings in their environment form (<c>Onramp__CallTimeout</c>); they win over the environment and the command
    /// line.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether nothing is written to the console. Default false.</summary>
    public bool Quiet { get; init; }

    /// <summary>Adds to the services or replaces them, before the service's own are added.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }
}
