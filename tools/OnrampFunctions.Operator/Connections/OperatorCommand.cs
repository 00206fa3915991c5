using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Connections;

/// <summary>
/// A command that connects to the namespace. Connection errors are explained in one sentence.
/// </summary>
internal abstract class OperatorCommand<TSettings>(OperatorEnvironment environment) : AsyncCommand<TSettings>
    where TSettings : ConnectionSettings
{
    /// <summary>The roles that the command needs, for the error when one is missing.</summary>
    protected abstract IReadOnlyList<Role> Roles { get; }

    protected OperatorEnvironment Environment { get; } = environment;

    protected DateTimeOffset Now => Environment.Clock.GetUtcNow();

    public sealed override async Task<int> ExecuteAsync(
        CommandContext context,
        TSettings settings,
        CancellationToken cancellationToken
    )
    {
        await using var connection = Connection.Open(settings, Environment);
        try
        {
            return (int)await RunAsync(settings, connection, new Screen(Environment, settings.Json), cancellationToken);
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested
                && ConnectionErrors.Explain(exception, connection, Roles) is { } sentence
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
