namespace Onramp.Cancellation.Onramp;

/// <summary>Where the instances of the app share the limit of <see cref="OnrampOptions.CallsPerSecond"/>.</summary>
public sealed class SharedLimitOptions
{
    /// <summary>The name within the section of <see cref="OnrampOptions"/>.</summary>
    public const string Name = "SharedLimit";

    /// <summary>The configuration section.</summary>
    public const string SectionName = $"{OnrampOptions.SectionName}:{Name}";

    /// <summary>The name of the setting, for messages.</summary>
    public const string RedisSetting = "Onramp__SharedLimit__Redis";

    /// <summary>
    /// A Redis: <c>host:port</c>, or a configuration of StackExchange.Redis. Without a password the app signs in with
    /// its identity. Null or empty for none: each process is limited on its own.
    /// </summary>
    public string? Redis { get; set; }
}
