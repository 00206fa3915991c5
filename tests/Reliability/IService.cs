namespace Reliability;

/// <summary>What runs the service during a run: the local host's own process, or several workers.</summary>
internal interface IService : IAsyncDisposable
{
    /// <summary>The client of a caller.</summary>
    HttpClient Client { get; }

    /// <summary>Whether a process may be killed, so that callers get no answer and repeat.</summary>
    bool LosesAnswers { get; }

    /// <summary>How often one of its processes was killed.</summary>
    int Kills { get; }

    /// <summary>What can happen to this service, besides what can happen to every one.</summary>
    IReadOnlyList<Incident> Incidents { get; }

    /// <summary>Starts it, after the local host.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Disturbs it while requests arrive, until cancelled.</summary>
    Task DisturbAsync(CancellationToken stop);

    /// <summary>Sets the clock forward, if it can be set.</summary>
    void SkipAhead(TimeSpan time);

    /// <summary>Makes queue and topic forget the message ids so far.</summary>
    void ForgetIds();

    /// <summary>Replaces a process that may no longer receive messages.</summary>
    Task ReplaceOneAsync();
}

/// <summary>Something that affects all requests for a while.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="RunAsync">Makes it happen, and ends when it is over.</param>
internal sealed record Incident(string Name, Func<CancellationToken, Task> RunAsync);
