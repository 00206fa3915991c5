using Spectre.Console.Cli;
using Spectre.Console.Cli.Help;
using Spectre.Console.Rendering;

namespace OnrampFunctions.Operator.Hosting;

/// <summary>The help of the tool and of each command, which ends with the exit codes.</summary>
internal sealed class ToolHelp(ICommandAppSettings settings) : HelpProvider(settings)
{
    private static readonly (ExitCode Code, string Meaning)[] Codes =
    [
        (ExitCode.Done, "everything was done"),
        (ExitCode.Failed, "not everything was done; the last line says why"),
        (ExitCode.Usage, "nothing was attempted: invalid command line, or not confirmed"),
        (ExitCode.NothingMatched, "nothing matches"),
        (ExitCode.StillWaiting, "sent, but not every outcome is known yet"),
        (ExitCode.OutputClosed, "the reader of standard output closed it, as head does"),
        (ExitCode.Interrupted, "Ctrl+C; run the command again to continue"),
    ];

    public override IEnumerable<IRenderable> GetFooter(ICommandModel model, ICommandInfo? command)
    {
        yield return new Text($"{Environment.NewLine}EXIT CODES:{Environment.NewLine}");
        foreach (var (code, meaning) in Codes)
        {
            yield return new Text($"    {(int)code, -4} {meaning}{Environment.NewLine}");
        }
    }
}
