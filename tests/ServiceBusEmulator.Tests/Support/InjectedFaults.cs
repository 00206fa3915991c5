using System.Collections.Concurrent;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// Faults by probability. Whether one happens depends on the seed, the message and how often it has happened to it,
/// never on the order of threads.
/// </summary>
public sealed class InjectedFaults : IBrokerFaults
{
    private readonly ConcurrentDictionary<Enum, int> _counts = new();
    private readonly ConcurrentDictionary<(Enum Fault, string MessageId), int> _occurrences = new();
    private volatile Dictionary<Enum, double> _rates = [];
    private volatile Func<string, CancellationToken, Task>? _admission;
    private int _admissions;

    /// <summary>How many operations met <see cref="RefuseAll"/> or <see cref="HangAll"/>.</summary>
    public int Admissions => Volatile.Read(ref _admissions);

    public int Seed { get; set; }

    /// <summary>Sets the probability of each fault; the others no longer happen.</summary>
    public void Inject(params (Enum Fault, double Rate)[] faults) =>
        _rates = faults.ToDictionary(fault => fault.Fault, fault => fault.Rate);

    /// <summary>Lets each of the faults happen every time.</summary>
    public void Always(params Enum[] faults) => Inject([.. faults.Select(fault => (fault, 1.0))]);

    /// <summary>Injects nothing any more.</summary>
    public void Stop() => _rates = [];

    /// <summary>Refuses whatever clients ask of an entity.</summary>
    public void RefuseAll(string entity) =>
        Admit(entity, _ => Task.FromException(new BrokerFaultException("Refused on purpose.", wasDone: false)));

    /// <summary>Never answers what clients ask of an entity.</summary>
    public void HangAll(string entity) =>
        Admit(entity, cancellationToken => new TaskCompletionSource().Task.WaitAsync(cancellationToken));

    /// <summary>How often a fault has happened.</summary>
    public int CountOf(Enum fault) => _counts.GetValueOrDefault(fault);

    public Task AdmitAsync(string entity, CancellationToken cancellationToken) =>
        _admission?.Invoke(entity, cancellationToken) ?? Task.CompletedTask;

    public bool Hits(OperationFault fault, string messageId)
    {
        var occurrence = _occurrences.GetValueOrDefault((fault, messageId));
        if (!Happens(fault, messageId, occurrence))
        {
            return false;
        }

        _occurrences[(fault, messageId)] = occurrence + 1;
        return true;
    }

    public bool Hits(DeliveryFault fault, string messageId, int deliveryCount) =>
        Happens(fault, messageId, deliveryCount);

    private void Admit(string refused, Func<CancellationToken, Task> outcome) =>
        _admission = (entity, cancellationToken) =>
        {
            if (entity != refused)
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref _admissions);
            return outcome(cancellationToken);
        };

    private bool Happens(Enum fault, string messageId, int occurrence)
    {
        if (!_rates.TryGetValue(fault, out var rate) || Draw($"{fault}:{messageId}:{occurrence}") >= rate)
        {
            return false;
        }

        _counts.AddOrUpdate(fault, 1, static (_, count) => count + 1);
        return true;
    }

    private double Draw(string text) =>
        new Random(text.Aggregate(Seed, static (hash, c) => (hash * 31) + c)).NextDouble();
}
