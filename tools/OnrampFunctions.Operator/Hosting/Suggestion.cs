using System.Reflection;
using System.Text.RegularExpressions;
using OnrampFunctions.Operator.Cancelling;
using OnrampFunctions.Operator.DeadLetters;
using OnrampFunctions.Operator.Outcomes;
using OnrampFunctions.Operator.Status;
using OnrampFunctions.Operator.Timeouts;
using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Hosting;

/// <summary>Suggests the command or option that a misspelt one may mean.</summary>
internal static partial class Suggestion
{
    // More corrections than that make another word.
    private const int MaxCorrections = 2;

    private static readonly Dictionary<string, Type> Commands = new(StringComparer.Ordinal)
    {
        ["dead-letters list"] = typeof(ListCommand),
        ["dead-letters show"] = typeof(ShowCommand),
        ["dead-letters replay"] = typeof(ReplayCommand),
        ["dead-letters remove"] = typeof(RemoveCommand),
        ["outcomes history"] = typeof(HistoryCommand),
        ["outcomes watch"] = typeof(WatchCommand),
        ["timeouts list"] = typeof(ListTimeoutsCommand),
        ["timeouts show"] = typeof(ShowTimeoutCommand),
        ["timeouts disarm"] = typeof(DisarmCommand),
        ["cancel"] = typeof(CancelCommand),
        ["status"] = typeof(StatusCommand),
    };

    /// <summary>Returns a sentence for a message of the parser; empty if there is nothing to suggest.</summary>
    public static string For(string message, IReadOnlyList<string> args)
    {
        var unknown = Unknown().Match(message);
        if (!unknown.Success)
        {
            return "";
        }

        var word = unknown.Groups["word"].Value;
        var names = unknown.Groups["what"].Value == "command" ? CommandsNear(word, args) : OptionsOf(args);
        var nearest = names.Distinct().MinBy(name => Corrections(word.TrimStart('-'), name.TrimStart('-')));
        return nearest is not null && Corrections(word.TrimStart('-'), nearest.TrimStart('-')) <= MaxCorrections
            ? $" Did you mean {nearest}?"
            : "";
    }

    /// <summary>The commands that may stand where the unknown word does.</summary>
    private static IEnumerable<string> CommandsNear(string word, IReadOnlyList<string> args)
    {
        var before = args.TakeWhile(arg => arg != word).ToArray();
        return Commands
            .Keys.Select(static command => command.Split(' '))
            .Where(words => words.Length > before.Length && words.Take(before.Length).SequenceEqual(before))
            .Select(words => words[before.Length]);
    }

    private static IEnumerable<string> OptionsOf(IReadOnlyList<string> args) =>
        from command in Commands
        where args.Take(command.Key.Count(static letter => letter == ' ') + 1).SequenceEqual(command.Key.Split(' '))
        from property in SettingsOf(command.Value).GetProperties()
        from name in property.GetCustomAttribute<CommandOptionAttribute>()?.LongNames ?? []
        select $"--{name}";

    private static Type SettingsOf(Type command)
    {
        while (!command.IsGenericType)
        {
            command = command.BaseType!;
        }

        return command.GenericTypeArguments[0];
    }

    /// <summary>How many letters have to be inserted, removed or replaced.</summary>
    private static int Corrections(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var replaced = diagonal + (one[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(diagonal, row[j]) + 1);
            }
        }

        return row[^1];
    }

    [GeneratedRegex("^Unknown (?<what>command|option) '(?<word>[^']+)'")]
    private static partial Regex Unknown();
}
