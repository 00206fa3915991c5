using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Connections;

/// <summary>A command that needs only the tables.</summary>
internal abstract class TablesCommand<TSettings>(OperatorEnvironment environment) : AsyncCommand<TSettings>
    where TSettings : TablesSettings
{
    /// <summary>The role that the command needs, for the error when it is missing.</summary>
    protected virtual Role Role => Role.TableReader;

    protected OperatorEnvironment Environment { get; } = environment;

    protected DateTimeOffset Now => Environment.Clock.GetUtcNow();

    public sealed override async Task<int> ExecuteAsync(
        CommandContext context,
        TSettings settings,
        CancellationToken cancellationToken
    ) =>
        (int)
            await RunAsync(
                settings,
                TablesConnection.Open(settings, Environment, Role),
                new Screen(Environment, settings.Json),
                cancellationToken
            );

    protected abstract Task<ExitCode> RunAsync(
        TSettings settings,
        TablesConnection tables,
        Screen screen,
        CancellationToken cancellationToken
    );
}
