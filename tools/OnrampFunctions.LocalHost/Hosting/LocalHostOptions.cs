namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>Options of a program that embeds the local host.</summary>
public sealed record LocalHostOptions
{
    /// <summary>The time of service, broker, simulator and vault. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Settings by their environment names (<c>Onramp__CallTimeout</c>); they take precedence over the environment and
    /// the command line.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether nothing is written to the console. Default false.</summary>
    public bool Quiet { get; init; }

    /// <summary>Adds or replaces services before those of the host are added.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }
}
