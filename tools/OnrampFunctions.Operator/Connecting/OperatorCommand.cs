using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Connecting;

/// <summary>
/// A command that talks to the namespace: opens it, does its work, and says in one sentence what keeps it from that.
/// </summary>
internal abstract class OperatorCommand<TSettings>(OperatorSurroundings surroundings) : AsyncCommand<TSettings>
    where TSettings : ConnectionSettings
{
    /// <summary>The roles that it needs; named when one of them is missing.</summary>
    protected abstract IReadOnlyList<Role> Roles { get; }

    protected OperatorSurroundings Surroundings { get; } = surroundings;

    protected DateTimeOffset Now => Surroundings.Clock.GetUtcNow();

    public sealed override async Task<int> ExecuteAsync(
        CommandContext context,
        TSettings settings,
        CancellationToken cancellationToken
    )
    {
        await using var connection = Connection.Open(settings, Surroundings);
        try
        {
            return (int)
                await RunAsync(settings, connection, new Screen(Surroundings, settings.Json), cancellationToken);
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested
                && Faults.Explain(exception, connection, Roles) is { } sentence
            )
        {
            throw new OperatorException(sentence);
        }
    }

    protected abstract Task<ExitCode> RunAsync(
        TSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    );
}
