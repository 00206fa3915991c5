using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.DeadLetters;

internal sealed class ListSettings : DeadLetterSettings
{
    [CommandOption("--limit <COUNT>")]
    [Description("Maximum number of rows; ignored with --json")]
    [DefaultValue(50)]
    public int Limit { get; init; } = 50;
}

/// <summary><c>dead-letters list</c>: lists dead letters by peeking them.</summary>
internal sealed class ListCommand(OperatorEnvironment environment) : OperatorCommand<ListSettings>(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override async Task<ExitCode> RunAsync(
        ListSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        DeadLetterFilter filter = new(settings, Now);
        await using var receiver = connection.DeadLetters();
        var letters = await filter.FindAsync(receiver, screen, cancellationToken);
        if (screen.IsJson)
        {
            screen.Json(
                new DeadLetterList(
                    connection.Queue,
                    letters.Count,
                    DeadLetter.CountReasons(letters),
                    [.. letters.Select(letter => letter.ToItem(Now))]
                ),
                OperatorJson.Default.DeadLetterList
            );
        }
        else if (letters.Count == 0)
        {
            screen.Note(filter.None(connection.Queue));
        }
        else
        {
            DeadLetterTables.Write(screen, letters, settings.Limit, Now);
        }

        return letters.Count == 0 ? ExitCode.NothingMatched : ExitCode.Done;
    }
}
