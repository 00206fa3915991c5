using System.Text.Json;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>Admits operations on the queue and the topic by their states, and counts the others.</summary>
internal sealed class BrokerStates
{
    private static readonly BrokerState[] All = Enum.GetValues<BrokerState>();

    private readonly long[] _met = new long[Enum.GetValues<BrokerPart>().Length * All.Length];

    /// <summary>All names, comma-separated, for error messages.</summary>
    public static string List { get; } = string.Join(", ", All.Select(NameOf));

    /// <summary>How often each state affected an operation, by name, e.g. <c>topic-refuse</c>.</summary>
    public IEnumerable<KeyValuePair<string, long>> Met =>
        from part in Enum.GetValues<BrokerPart>()
        from state in All
        let times = Volatile.Read(ref _met[Index(part, state)])
        where times > 0
        select KeyValuePair.Create($"{NameOf(part)}-{NameOf(state)}", times);

    /// <summary>The name of a state in JSON.</summary>
    public static string NameOf(BrokerState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());

    /// <summary>The state of a name; null for an unknown one.</summary>
    public static BrokerState? Parse(string name) =>
        All.Cast<BrokerState?>().FirstOrDefault(state => NameOf(state!.Value) == name);

    /// <summary>Completes when the operation may continue.</summary>
    /// <exception cref="BrokerFaultException">It is refused.</exception>
    /// <exception cref="OperationCanceledException">Its caller gave up.</exception>
    public Task AdmitAsync(BrokerPart part, BrokerState state, CancellationToken cancellationToken)
    {
        if (state == BrokerState.Ok)
        {
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref _met[Index(part, state)]);
        return state switch
        {
            BrokerState.Refuse => Task.FromException(
                new BrokerFaultException($"The {NameOf(part)} refuses everything on purpose.", wasDone: false)
            ),
            _ => new TaskCompletionSource().Task.WaitAsync(cancellationToken),
        };
    }

    private static int Index(BrokerPart part, BrokerState state) => ((int)part * All.Length) + (int)state;

    private static string NameOf(BrokerPart part) => JsonNamingPolicy.KebabCaseLower.ConvertName(part.ToString());
}
